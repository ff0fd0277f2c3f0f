import { integer, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { products, roles } from '../vocabulary.ts'
import { clock, instant } from './columns.ts'

/** What ties a person to a workspace. `products` is filled for product admins only. */
export const members = pgTable(
  'members',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    userId: uuid('user_id').notNull(),
    role: text('role', { enum: roles }).notNull(),
    products: text('products', { enum: products }).array().notNull().default([]),
    version: integer('version').notNull().default(1),
    createdAt: instant('created_at').notNull().default(clock),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type MemberRow = typeof members.$inferSelect
