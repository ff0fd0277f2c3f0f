import { listAuditEvents as listRows } from '@drayage/db/queries/audit'
import { enterWorkspaces } from '@drayage/db/queries/workspaces'
import type { AuditEventRow } from '@drayage/db/schema/audit'
import { installationId } from '@drayage/db/vocabulary'
import { z } from 'zod'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { id, instant, productKey } from '../wire.ts'

const state = z.record(z.string(), z.unknown()).nullable()

export const auditEvent = z
  .object({
    id,
    workspaceId: id,
    ordinal: z.int().meta({ description: 'its place in the chain of the workspace' }),
    at: instant,
    actor: z.record(z.string(), z.unknown()).meta({ description: 'kind, and what it is known by: id, email, label, address' }),
    action: z.string(),
    subject: z.string(),
    subjectId: id.nullable(),
    product: productKey.nullable(),
    before: state.meta({ description: 'what changed, as it was; *** for a secret' }),
    after: state.meta({ description: 'what changed, as it is; *** for a secret' }),
    requestId: z.string().nullable(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEvent' })

const page = z.object({ items: z.array(auditEvent), nextCursor: z.string().optional() }).meta({ id: 'AuditEventPage' })

const filters = {
  action: z.string().max(100).optional().meta({ description: 'such as ftp_client.updated' }),
  subjectId: id.optional(),
  since: instant.optional(),
  ...pageFields,
}

const show = (row: AuditEventRow): z.input<typeof auditEvent> => ({
  ...row,
  at: row.at.toISOString(),
  product: productKey.nullable().parse(row.product),
})

const since = (text: string | undefined) => (text === undefined ? undefined : new Date(text))

/**
 * Who did what, newest first. A product admin sees what belongs to their products; what belongs to none is for workspace
 * admins.
 */
export const listAuditEvents = operation({
  name: 'auditEvents',
  permission: 'audit_event:read',
  input: z.strictObject({ workspaceId: id.optional(), product: productKey.optional(), ...filters }),
  output: page,
  run: async ({ transaction, scope, input }) => {
    const { product, action, subjectId } = input
    const rows = await listRows(transaction, { scope, product, action, subjectId, since: since(input.since), ...pageQuery(input) })
    return pageOf(rows, input, show)
  },
})

/** What belongs to no workspace: log-ins, refused ones as well, and what operators did. */
export const listInstallationEvents = operation({
  name: 'installationEvents',
  permission: 'installation_event:read',
  input: z.strictObject(filters),
  output: page,
  run: async ({ transaction, input }) => {
    const { action, subjectId } = input
    await enterWorkspaces(transaction, [installationId])
    const scope = [{ workspaceId: installationId, products: 'all' }] as const
    const rows = await listRows(transaction, { scope, action, subjectId, since: since(input.since), ...pageQuery(input) })
    return pageOf(rows, input, show)
  },
})
