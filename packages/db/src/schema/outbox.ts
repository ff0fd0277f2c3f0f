import { integer, jsonb, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { clock, instant } from './columns.ts'

/** Letters to send. `sendAt` is null once a letter was sent or given up. */
export const outbox = pgTable(
  'outbox',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    kind: text('kind').notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    ftpClientId: uuid('ftp_client_id'),
    transferId: uuid('transfer_id'),
    requestId: text('request_id'),
    sendAt: instant('send_at').default(clock),
    /** How often it was taken. */
    attempts: integer('attempts').notNull().default(0),
    /** How many of these were no failed try, because an hour's mails were used up. */
    waits: integer('waits').notNull().default(0),
    lastError: text('last_error'),
    leaseUntil: instant('lease_until'),
    sentTo: text('sent_to').array().notNull().default([]),
    refusedBy: text('refused_by').array().notNull().default([]),
    sentAt: instant('sent_at'),
    createdAt: instant('created_at').notNull().default(clock),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type OutboxRow = typeof outbox.$inferSelect

/** Addresses that want no mail from a workspace. */
export const mailSuppressions = pgTable(
  'mail_suppressions',
  {
    workspaceId: uuid('workspace_id').notNull(),
    address: text('address').notNull(),
    createdAt: instant('created_at').notNull().default(clock),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.address] })],
)

/** The addresses of a client, who added each, and when it was told so. */
export const mailRecipients = pgTable(
  'mail_recipients',
  {
    workspaceId: uuid('workspace_id').notNull(),
    ftpClientId: uuid('ftp_client_id').notNull(),
    address: text('address').notNull(),
    addedBy: text('added_by').notNull(),
    introducedAt: instant('introduced_at'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.ftpClientId, table.address] })],
)
