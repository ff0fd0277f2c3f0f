import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { duplicatePolicies, ftpClientStatuses, mailPolicies, products, protocols } from '../vocabulary.ts'
import { clock, instant } from './columns.ts'

/** How the client's CSV files are written. */
export type CsvDialect = { delimiter: string; quote: string; encoding: string }

export const ftpClients = pgTable(
  'ftp_clients',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    product: text('product', { enum: products }).notNull(),
    label: text('label').notNull(),
    rootFolder: text('root_folder').notNull(),
    protocol: text('protocol', { enum: protocols }).notNull(),
    tlsMode: text('tls_mode', { enum: ['explicit', 'implicit'] })
      .notNull()
      .default('explicit'),
    host: text('host').notNull(),
    port: integer('port').notNull(),
    transferMode: text('transfer_mode', { enum: ['passive', 'active'] })
      .notNull()
      .default('passive'),
    baseDirectory: text('base_directory').notNull(),
    username: text('username').notNull(),
    trustedHostKeys: text('trusted_host_keys').array().notNull().default([]),
    trustedCertificate: text('trusted_certificate'),
    acknowledgeInsecure: boolean('acknowledge_insecure').notNull().default(false),
    algorithms: text('algorithms', { enum: ['default', 'legacy'] })
      .notNull()
      .default('default'),
    csv: jsonb('csv').$type<CsvDialect>().notNull(),
    timeZone: text('time_zone').notNull(),
    notificationEmails: text('notification_emails').array().notNull().default([]),
    mailPolicy: text('mail_policy', { enum: mailPolicies }).notNull(),
    pollIntervalSeconds: integer('poll_interval_seconds').notNull().default(60),
    quietSeconds: integer('quiet_seconds').notNull().default(10),
    maxSessions: integer('max_sessions').notNull().default(2),
    duplicatePolicy: text('duplicate_policy', { enum: duplicatePolicies }).notNull().default('skip'),
    settings: jsonb('settings').$type<Record<string, unknown>>().notNull().default({}),
    status: text('status', { enum: ftpClientStatuses }).notNull().default('draft'),
    configDigest: text('config_digest').notNull(),
    hasPassword: boolean('has_password').notNull().default(false),
    hasPrivateKey: boolean('has_private_key').notNull().default(false),
    secretUpdatedAt: instant('secret_updated_at'),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull().default(clock),
    updatedAt: instant('updated_at').notNull().default(clock),
    /** The first time. */
    activatedAt: instant('activated_at'),
    deletedAt: instant('deleted_at'),
    version: integer('version').notNull().default(1),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type FtpClientRow = typeof ftpClients.$inferSelect
export type NewFtpClientRow = typeof ftpClients.$inferInsert
