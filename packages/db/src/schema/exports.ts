import { bigint, date, integer, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { exportKinds } from '../vocabulary.ts'
import { clock, instant } from './columns.ts'

/** When a client's exports are seen to next, and by whom. */
export const exportSchedule = pgTable(
  'export_schedule',
  {
    workspaceId: uuid('workspace_id').notNull(),
    ftpClientId: uuid('ftp_client_id').notNull(),
    /** The first that is not planned yet; null until it was reckoned. */
    nextNight: date('next_night'),
    /** Null while the client is not at work. */
    dueAt: instant('due_at').default(clock),
    leaseHolder: text('lease_holder'),
    leaseUntil: instant('lease_until'),
    /** Rises with each take-over, and when the client is stopped. */
    fence: bigint('fence', { mode: 'number' }).notNull().default(0),
    failures: integer('failures').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.ftpClientId] })],
)
export type ExportScheduleRow = typeof exportSchedule.$inferSelect

/** A file of records, planned before anything of it is on a server. */
export const exportFiles = pgTable(
  'export_files',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    ftpClientId: uuid('ftp_client_id').notNull(),
    kind: text('kind', { enum: exportKinds }).notNull(),
    night: date('night').notNull(),
    name: text('name').notNull(),
    records: integer('records').notNull(),
    /** Fence of whoever began to write it last. */
    writer: bigint('writer', { mode: 'number' }),
    /** Where all of it stands under a hidden name, from before it is renamed on. */
    part: text('part'),
    partServer: text('part_server'),
    size: bigint('size', { mode: 'number' }),
    createdAt: instant('created_at').notNull().default(clock),
    deliveredAt: instant('delivered_at'),
    cancelledAt: instant('cancelled_at'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type ExportFileRow = typeof exportFiles.$inferSelect
