import { boolean, pgTable, text, uuid } from '../drizzle.ts'
import { clock, instant } from './columns.ts'

/** People, across workspaces. `email` is lower case. */
export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  email: text('email').notNull().unique(),
  name: text('name'),
  operator: boolean('operator').notNull().default(false),
  passwordHash: text('password_hash'),
  createdAt: instant('created_at').notNull().default(clock),
})
export type UserRow = typeof users.$inferSelect
