import { pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { products } from '../vocabulary.ts'
import { bytea, clock, instant } from './columns.ts'

/** An ERP's way in: one workspace, some scopes, one product or (null) all. */
export const apiClients = pgTable(
  'api_clients',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    label: text('label').notNull(),
    product: text('product', { enum: products }),
    scopes: text('scopes').array().notNull(),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull().default(clock),
    deletedAt: instant('deleted_at'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type ApiClientRow = typeof apiClients.$inferSelect

/** `hash` is keyed, over the whole secret; `expiresAt` is set when another one takes its place. */
export const apiClientSecrets = pgTable(
  'api_client_secrets',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    apiClientId: uuid('api_client_id').notNull(),
    hash: bytea('hash').notNull(),
    last4: text('last4').notNull(),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull().default(clock),
    expiresAt: instant('expires_at'),
    lastUsedAt: instant('last_used_at'),
    lastUsedFrom: text('last_used_from'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type ApiClientSecretRow = typeof apiClientSecrets.$inferSelect
