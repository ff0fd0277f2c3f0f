import { integer, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { products } from '../vocabulary.ts'
import { clock, instant } from './columns.ts'

export const workspaces = pgTable('workspaces', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  version: integer('version').notNull().default(1),
  createdAt: instant('created_at').notNull().default(clock),
  updatedAt: instant('updated_at').notNull().default(clock),
})
export type WorkspaceRow = typeof workspaces.$inferSelect

/** Until when a workspace may use a product; no row: it may not. */
export const licences = pgTable(
  'licences',
  {
    workspaceId: uuid('workspace_id').notNull(),
    product: text('product', { enum: products }).notNull(),
    validUntil: instant('valid_until').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.product] })],
)
export type LicenceRow = typeof licences.$inferSelect
