import { pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { bytea, clock, instant } from './columns.ts'

/** The owner is an FTP client, or the connection test of an unsaved one. */
export const sealedSecrets = pgTable(
  'sealed_secrets',
  {
    workspaceId: uuid('workspace_id').notNull(),
    ownerId: uuid('owner_id').notNull(),
    field: text('field', { enum: ['password', 'privateKey', 'passphrase'] }).notNull(),
    keyId: text('key_id').notNull(),
    sealed: bytea('sealed').notNull(),
    digest: text('digest').notNull(),
    createdAt: instant('created_at').notNull().default(clock),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.ownerId, table.field] })],
)
export type SealedSecretRow = typeof sealedSecrets.$inferSelect
