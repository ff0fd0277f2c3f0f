import { bigint, jsonb, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { bytea, instant } from './columns.ts'

/** Append-only. Each event's hash covers the event and the hash before it. */
export const auditEvents = pgTable(
  'audit_events',
  {
    workspaceId: uuid('workspace_id').notNull(),
    ordinal: bigint('ordinal', { mode: 'number' }).notNull(),
    id: uuid('id').notNull(),
    at: instant('at').notNull(),
    actor: jsonb('actor').$type<Record<string, unknown>>().notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    subjectId: uuid('subject_id'),
    product: text('product'),
    before: jsonb('before').$type<Record<string, unknown>>(),
    after: jsonb('after').$type<Record<string, unknown>>(),
    requestId: text('request_id'),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.ordinal] })],
)
export type AuditEventRow = typeof auditEvents.$inferSelect

/** The end of each workspace's chain; locked while an event is appended. */
export const auditHeads = pgTable('audit_heads', {
  workspaceId: uuid('workspace_id').primaryKey(),
  ordinal: bigint('ordinal', { mode: 'number' }).notNull().default(0),
  hash: text('hash').notNull().default(''),
})

/** Signatures over the ends of chains, append-only. */
export const auditSeals = pgTable(
  'audit_seals',
  {
    workspaceId: uuid('workspace_id').notNull(),
    ordinal: bigint('ordinal', { mode: 'number' }).notNull(),
    hash: text('hash').notNull(),
    at: instant('at').notNull(),
    keyId: text('key_id').notNull(),
    signature: bytea('signature').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.ordinal] })],
)
export type AuditSealRow = typeof auditSeals.$inferSelect
