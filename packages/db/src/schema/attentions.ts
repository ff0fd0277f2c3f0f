import { boolean, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { clock, instant } from './columns.ts'

/** What a client needs a person for, at most one thing at a time. `stops`: it is not polled until activated again. */
export const attentions = pgTable(
  'ftp_client_attentions',
  {
    workspaceId: uuid('workspace_id').notNull(),
    ftpClientId: uuid('ftp_client_id').notNull(),
    code: text('code').notNull(),
    message: text('message').notNull(),
    since: instant('since').notNull().default(clock),
    raisedBy: text('raised_by', { enum: ['look', 'transfer', 'export'] }).notNull(),
    stops: boolean('stops').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.ftpClientId] })],
)
export type AttentionRow = typeof attentions.$inferSelect
