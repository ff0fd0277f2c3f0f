import { bigint, boolean, date, integer, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { bytea, clock, instant } from './columns.ts'

export const files = pgTable(
  'files',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    storedWeek: date('stored_week').notNull(),
    size: bigint('size', { mode: 'number' }),
    sha256: text('sha256'),
    complete: boolean('complete').notNull().default(false),
    createdAt: instant('created_at').notNull().default(clock),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)

export const fileChunks = pgTable(
  'file_chunks',
  {
    workspaceId: uuid('workspace_id').notNull(),
    storedWeek: date('stored_week').notNull(),
    fileId: uuid('file_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    bytes: bytea('bytes').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.storedWeek, table.fileId, table.ordinal] })],
)
