import { integer, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { clock, instant } from './columns.ts'

/** When to look into a client's folders next. A row exists while the client is active and polling is not stopped. */
export const pollSchedule = pgTable(
  'poll_schedule',
  {
    workspaceId: uuid('workspace_id').notNull(),
    ftpClientId: uuid('ftp_client_id').notNull(),
    dueAt: instant('due_at').notNull().default(clock),
    intervalSeconds: integer('interval_seconds').notNull(),
    failures: integer('failures').notNull().default(0),
    /** The worker that looked last, and may have a session open. */
    heldBy: text('held_by'),
    /** When anything was last seen. */
    activeAt: instant('active_at').notNull().default(clock),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.ftpClientId] })],
)
