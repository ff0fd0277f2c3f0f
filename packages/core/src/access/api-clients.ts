import type { Transaction } from '@drayage/db/connect'
import {
  deleteApiClient as deleteRow,
  insertApiClient,
  listApiClients as listRows,
  liveSecretsOf,
  lockApiClient,
  readApiClient,
} from '@drayage/db/queries/api-clients'
import type { Scope } from '@drayage/db/queries/scope'
import { findWorkspace } from '@drayage/db/queries/workspaces'
import type { ApiClientRow, ApiClientSecretRow } from '@drayage/db/schema/api-clients'
import { z } from 'zod'
import { audit, masked } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import { newId } from '../id.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { id, instant, line, listOf, productKey } from '../wire.ts'
import { apiClientSecret, keepNewSecret, showSecret } from './api-client-secrets.ts'
import { scopes } from './permissions.ts'
import { workspaceNotFound } from './permit.ts'
import { nameOf } from './user-actor.ts'

const scope = z.string().refine((text) => scopes.some((one) => one === text), {
  error: `Use some of: ${scopes.join(', ')}.`,
  params: { code: 'scope_unknown' },
})

export const apiClient = z
  .object({
    id: id.meta({ description: 'its client_id' }),
    workspaceId: id,
    label: z.string(),
    product: productKey.nullable().meta({ description: 'null: all products of the workspace' }),
    scopes: z.array(z.string()),
    secrets: listOf(apiClientSecret, { most: 2 }),
    createdAt: instant,
  })
  .meta({ id: 'ApiClient' })

const newApiClient = apiClient
  .extend({ clientSecret: z.string().meta({ description: 'shown now and never again' }) })
  .meta({ id: 'NewApiClient' })

function show(row: ApiClientRow, secrets: readonly ApiClientSecretRow[]): z.input<typeof apiClient> {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    secrets: secrets.filter((secret) => secret.apiClientId === row.id).map(showSecret),
  }
}

/** An ERP's way in. Who has some products only makes API clients for one of these, never one for all. */
export const createApiClient = operation({
  name: 'createApiClient',
  permission: 'api_client:create',
  input: z.strictObject({
    workspaceId: id,
    label: line({ max: 64 }),
    product: productKey.optional(),
    scopes: z.array(scope).min(1).max(50),
  }),
  output: newApiClient,
  run: async ({ ctx, transaction, scope: reach, input }) => {
    const { workspaceId, label, product } = input
    if (product === undefined && !reach.some((grant) => grant.products === 'all')) throw needsProduct()
    if ((await findWorkspace(transaction, workspaceId)) === undefined) throw workspaceNotFound()
    const createdBy = ctx.actor.kind === 'user' ? ctx.actor.id : null
    const granted = [...new Set(input.scopes)].sort()
    const row = await insertApiClient(transaction, {
      workspaceId,
      id: newId(),
      label,
      product: product ?? null,
      scopes: granted,
      createdBy,
    })
    const { secret, text } = await keepNewSecret(ctx, transaction, row)
    const after = { label, product: row.product, scopes: granted, secret: masked }
    await audit(ctx, transaction, { ...audited(row), action: 'api_client.created', after })
    await queueLetter(ctx, transaction, { kind: 'api_client.created', workspaceId, payload: { ...toldOf(ctx, row), scopes: granted } })
    return { ...show(row, [secret]), clientSecret: text }
  },
})

export const getApiClient = operation({
  name: 'apiClient',
  permission: 'api_client:read',
  input: z.strictObject({ id }),
  output: apiClient,
  run: async ({ transaction, scope: reach, input }) => {
    const row = await readApiClient(transaction, { id: input.id, scope: reach })
    if (row === undefined) throw apiClientNotFound()
    return show(row, await liveSecretsOf(transaction, [row]))
  },
})

export const listApiClients = operation({
  name: 'apiClients',
  permission: 'api_client:read',
  input: z.strictObject({ workspaceId: id.optional(), ...pageFields }),
  output: z.object({ items: z.array(apiClient), nextCursor: z.string().optional() }).meta({ id: 'ApiClientPage' }),
  run: async ({ transaction, scope: reach, input }) => {
    const rows = await listRows(transaction, { scope: reach, ...pageQuery(input) })
    const secrets = await liveSecretsOf(transaction, rows)
    return pageOf(rows, input, (row) => show(row, secrets))
  },
})

/** Its secrets go at once, its access tokens within seconds. */
export const deleteApiClient = operation({
  name: 'deleteApiClient',
  permission: 'api_client:delete',
  input: z.strictObject({ id }),
  output: z.object({ id }).meta({ id: 'DeletedApiClient' }),
  run: async ({ ctx, transaction, scope: reach, input }) => {
    const row = await lockedApiClient(transaction, { id: input.id, scope: reach })
    await deleteRow(transaction, row)
    const before = { label: row.label, product: row.product, scopes: row.scopes }
    await audit(ctx, transaction, { ...audited(row), action: 'api_client.deleted', before })
    await queueLetter(ctx, transaction, { kind: 'api_client.deleted', workspaceId: row.workspaceId, payload: toldOf(ctx, row) })
    return { id: row.id }
  },
})

/** The client, kept from changing until the transaction ends. Fault: `api_client.not_found`, also for one of others. */
export async function lockedApiClient(transaction: Transaction, key: { id: string; scope: Scope }): Promise<ApiClientRow> {
  const found = await lockApiClient(transaction, key)
  if (found === undefined) throw apiClientNotFound()
  return found
}

export function audited({ workspaceId, id: subjectId, product }: ApiClientRow) {
  return { workspaceId, subject: 'api_client', subjectId, ...(product !== null && { product }) }
}

/** What each letter about an API client says. */
export function toldOf({ actor }: Context, { label, product }: ApiClientRow) {
  return { by: nameOf(actor), label, product }
}

function apiClientNotFound(): Fault {
  return new Fault('not_found', 'api_client.not_found', 'There is no such API client, or it is not yours.')
}

function needsProduct(): Fault {
  return new Fault(
    'forbidden',
    'api_client.needs_product',
    'Name one of your products: only a workspace admin makes an API client for all of them.',
  )
}
