import { integer, pgTable, text } from '../drizzle.ts'
import { bytea, clock, instant } from './columns.ts'

export const idempotentReplies = pgTable('idempotent_replies', {
  key: bytea('key').primaryKey(),
  fingerprint: bytea('fingerprint').notNull(),
  reply: bytea('reply'),
  createdAt: instant('created_at').notNull().default(clock),
})
export type IdempotentReplyRow = typeof idempotentReplies.$inferSelect

export const rateLimits = pgTable('rate_limits', {
  key: text('key').primaryKey(),
  taken: integer('taken').notNull(),
  endsAt: instant('ends_at').notNull(),
})
