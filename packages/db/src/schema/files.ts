import { sql } from 'drizzle-orm'
import { bigint, boolean, customType, date, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

export const files = pgTable(
  'files',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    storedWeek: date('stored_week').notNull(),
    size: bigint('size', { mode: 'number' }),
    sha256: text('sha256'),
    complete: boolean('complete').notNull().default(false),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'date' }).notNull().default(sql`clock_timestamp()`),
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
