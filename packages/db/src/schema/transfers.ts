import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { products, severities, transferModes, transferStates } from '../vocabulary.ts'
import { clock, instant } from './columns.ts'

/** What came of a file: `rows = accepted + rejected`. A fatal fault discards everything and names itself. */
export type TransferOutcome = {
  rows: number
  accepted: number
  rejected: number
  warnings: number
  notices: number
  fatal?: { code: string; message: string; row?: number; column?: string; value?: string }
  /** The content was imported before, by this transfer, and the client skips duplicates: nothing was done. */
  alreadyImported?: { transferId: string }
}

export const transfers = pgTable(
  'transfers',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    ftpClientId: uuid('ftp_client_id'),
    product: text('product', { enum: products }).notNull(),
    action: text('action').notNull(),
    mode: text('mode', { enum: transferModes }).notNull(),
    inbox: text('inbox'),
    fileName: text('file_name').notNull(),
    path: text('path').notNull(),
    state: text('state', { enum: transferStates }).notNull(),
    size: bigint('size', { mode: 'number' }),
    modified: text('modified'),
    quietSince: instant('quiet_since').notNull().default(clock),
    claimedPath: text('claimed_path'),
    archivedPath: text('archived_path'),
    fileId: uuid('file_id'),
    sha256: text('sha256'),
    leaseHolder: text('lease_holder'),
    leaseUntil: instant('lease_until'),
    fence: bigint('fence', { mode: 'number' }).notNull().default(0),
    backendPid: integer('backend_pid'),
    backendStarted: instant('backend_started'),
    runAt: instant('run_at'),
    attempts: integer('attempts').notNull().default(0),
    failures: integer('failures').notNull().default(0),
    fetchAttempts: integer('fetch_attempts').notNull().default(0),
    lastFault: jsonb('last_fault').$type<{ kind: string; code: string; message: string }>(),
    outcome: jsonb('outcome').$type<TransferOutcome>(),
    loaded: boolean('loaded').notNull().default(false),
    replayOf: uuid('replay_of'),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull().default(clock),
    updatedAt: instant('updated_at').notNull().default(clock),
    endedAt: instant('ended_at'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type TransferRow = typeof transfers.$inferSelect

export const transferLedger = pgTable(
  'transfer_ledger',
  {
    workspaceId: uuid('workspace_id').notNull(),
    transferId: uuid('transfer_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    state: text('state', { enum: transferStates }).notNull(),
    at: instant('at').notNull().default(clock),
    worker: text('worker'),
    fence: bigint('fence', { mode: 'number' }).notNull(),
    details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.transferId, table.ordinal] })],
)

export const transferIssues = pgTable(
  'transfer_issues',
  {
    workspaceId: uuid('workspace_id').notNull(),
    transferId: uuid('transfer_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    rowNumber: integer('row_number').notNull(),
    columnName: text('column_name'),
    severity: text('severity', { enum: severities }).notNull(),
    code: text('code').notNull(),
    message: text('message').notNull(),
    value: text('value'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.transferId, table.ordinal] })],
)

export const rejectedRows = pgTable(
  'rejected_rows',
  {
    workspaceId: uuid('workspace_id').notNull(),
    transferId: uuid('transfer_id').notNull(),
    rowNumber: integer('row_number').notNull(),
    errors: text('errors').notNull(),
    warnings: text('warnings').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.transferId, table.rowNumber] })],
)

export const transferOutputs = pgTable(
  'transfer_outputs',
  {
    workspaceId: uuid('workspace_id').notNull(),
    transferId: uuid('transfer_id').notNull(),
    kind: text('kind').notNull(),
    ftpClientId: uuid('ftp_client_id'),
    name: text('name').notNull(),
    path: text('path').notNull(),
    fileId: uuid('file_id'),
    size: bigint('size', { mode: 'number' }),
    sha256: text('sha256'),
    deliveredAt: instant('delivered_at'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.transferId, table.kind] })],
)
export type TransferOutputRow = typeof transferOutputs.$inferSelect
