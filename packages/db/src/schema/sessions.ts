import { pgTable, text, uuid } from '../drizzle.ts'
import { sessionEnds } from '../vocabulary.ts'
import { bytea, clock, instant } from './columns.ts'

/** A person's log-in, on one device, until it ends or expires. */
export const sessions = pgTable('sessions', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull(),
  createdAt: instant('created_at').notNull().default(clock),
  expiresAt: instant('expires_at').notNull(),
  endedAt: instant('ended_at'),
  endReason: text('end_reason', { enum: sessionEnds }),
})
export type SessionRow = typeof sessions.$inferSelect

/** All that a session ever had; the unused one is its current one. */
export const refreshTokens = pgTable('refresh_tokens', {
  hash: bytea('hash').primaryKey(),
  sessionId: uuid('session_id').notNull(),
  usedAt: instant('used_at'),
})

/** What was sent by mail to set a password with; gone once one was used. */
export const passwordLinks = pgTable('password_links', {
  hash: bytea('hash').primaryKey(),
  userId: uuid('user_id').notNull(),
  expiresAt: instant('expires_at').notNull(),
})

/** Access tokens that were taken back before their end. */
export const revokedTokens = pgTable('revoked_tokens', {
  id: uuid('id').primaryKey(),
  expiresAt: instant('expires_at').notNull(),
})
