import { jsonb, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { connectionTestStatuses, type Protocol, products } from '../vocabulary.ts'
import { clock, instant } from './columns.ts'

/** What decides where a client connects and as whom; no secrets. */
export type Connection = {
  rootFolder: string
  protocol: Protocol
  tlsMode: 'explicit' | 'implicit'
  host: string
  port: number
  transferMode: 'passive' | 'active'
  baseDirectory: string
  username: string
  trustedHostKeys: readonly string[]
  trustedCertificate: string | null
  algorithms: 'default' | 'legacy'
}

export type CheckName = 'connection' | 'permissions' | 'directories'
export type CheckStatus = 'passed' | 'failed' | 'skipped'
export type CheckStep = { name: string; status: CheckStatus; code?: string; message?: string; hint?: string }
export type Checks = Partial<Record<CheckName, { status: CheckStatus; steps: CheckStep[] }>>

export const connectionTests = pgTable(
  'connection_tests',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    ftpClientId: uuid('ftp_client_id'),
    product: text('product', { enum: products }).notNull(),
    connection: jsonb('connection').$type<Connection>().notNull(),
    configDigest: text('config_digest').notNull(),
    status: text('status', { enum: connectionTestStatuses }).notNull().default('queued'),
    checks: jsonb('checks').$type<Checks>().notNull().default({}),
    observedHostKey: jsonb('observed_host_key').$type<{ type: string; fingerprint: string; trusted: boolean }>(),
    observedCertificate: jsonb('observed_certificate').$type<{ pem: string; fingerprint: string; trusted: boolean }>(),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull().default(clock),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type ConnectionTestRow = typeof connectionTests.$inferSelect
