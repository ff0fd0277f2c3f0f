import type { Transaction } from '../connect.ts'
import { and, desc, eq, gt, inArray, isNull, lt, or, sql } from '../drizzle.ts'
import { type ApiClientRow, type ApiClientSecretRow, apiClientSecrets, apiClients } from '../schema/api-clients.ts'
import { inScope, type Scope } from './scope.ts'

const live = or(isNull(apiClientSecrets.expiresAt), gt(apiClientSecrets.expiresAt, sql`clock_timestamp()`))
const there = isNull(apiClients.deletedAt)
const of = (client: ClientKey) => and(eq(apiClientSecrets.workspaceId, client.workspaceId), eq(apiClientSecrets.apiClientId, client.id))

type ClientKey = Pick<ApiClientRow, 'workspaceId' | 'id'>

/** What is asked with every request of an API client; `secret` only if it is one of its live ones. */
export type KnownApiClient = Pick<ApiClientRow, 'workspaceId' | 'id' | 'label' | 'product' | 'scopes'> & {
  secret?: Pick<ApiClientSecretRow, 'id' | 'hash' | 'expiresAt' | 'lastUsedAt'>
}

/** The client that somebody says they are, if there is one; enters its workspace. Needs no workspace to be entered. */
export async function knownApiClient({ client }: Transaction, key: { id: string; secretId: string }): Promise<KnownApiClient | undefined> {
  const { rows } = await client.query({
    name: 'known-api-client',
    text: `
      select workspace_id as "workspaceId", label, product, scopes, hash, expires_at as "expiresAt", last_used_at as "lastUsedAt"
      from known_api_client($1, $2)`,
    values: [key.id, key.secretId],
  })
  const [found] = rows
  if (found === undefined) return undefined
  const { workspaceId, label, product, scopes, hash, expiresAt, lastUsedAt } = found
  const known = { workspaceId, id: key.id, label, product, scopes }
  return hash === null ? known : { ...known, secret: { id: key.secretId, hash, expiresAt, lastUsedAt } }
}

export async function insertApiClient({ tx }: Transaction, client: typeof apiClients.$inferInsert): Promise<ApiClientRow> {
  const [made] = await tx.insert(apiClients).values(client).returning()
  return made as ApiClientRow
}

const wanted = (key: { id: string; scope: Scope }) => and(eq(apiClients.id, key.id), there, inScope(apiClients, key.scope))

export async function readApiClient({ tx }: Transaction, key: { id: string; scope: Scope }): Promise<ApiClientRow | undefined> {
  const [found] = await tx.select().from(apiClients).where(wanted(key))
  return found
}

/** Keeps the client, and by agreement its secrets, from changing until the transaction ends. */
export async function lockApiClient({ tx }: Transaction, key: { id: string; scope: Scope }): Promise<ApiClientRow | undefined> {
  const [found] = await tx.select().from(apiClients).where(wanted(key)).for('update')
  return found
}

/** Newest first. */
export async function listApiClients({ tx }: Transaction, page: { scope: Scope; before?: string; limit: number }): Promise<ApiClientRow[]> {
  return tx
    .select()
    .from(apiClients)
    .where(and(inScope(apiClients, page.scope), there, page.before === undefined ? undefined : lt(apiClients.id, page.before)))
    .orderBy(desc(apiClients.id))
    .limit(page.limit)
}

/** Deletes the client and its secrets. */
export async function deleteApiClient({ tx }: Transaction, client: ClientKey): Promise<void> {
  await tx.delete(apiClientSecrets).where(of(client))
  await tx
    .update(apiClients)
    .set({ deletedAt: sql`clock_timestamp()` })
    .where(and(eq(apiClients.workspaceId, client.workspaceId), eq(apiClients.id, client.id)))
}

/** Those that still open, newest first. */
export async function liveSecretsOf({ tx }: Transaction, clients: readonly ClientKey[]): Promise<ApiClientSecretRow[]> {
  if (clients.length === 0) return []
  const ids = clients.map((client) => client.id)
  const workspaceIds = [...new Set(clients.map((client) => client.workspaceId))]
  return tx
    .select()
    .from(apiClientSecrets)
    .where(and(inArray(apiClientSecrets.workspaceId, workspaceIds), inArray(apiClientSecrets.apiClientId, ids), live))
    .orderBy(desc(apiClientSecrets.id))
}

export async function insertSecret({ tx }: Transaction, secret: typeof apiClientSecrets.$inferInsert): Promise<ApiClientSecretRow> {
  const [made] = await tx.insert(apiClientSecrets).values(secret).returning()
  return made as ApiClientSecretRow
}

/** Lets the client's secrets without an end expire. */
export async function expireSecrets({ tx }: Transaction, client: ClientKey, options: { afterSeconds: number }): Promise<void> {
  await tx
    .update(apiClientSecrets)
    .set({ expiresAt: sql`clock_timestamp() + make_interval(secs => ${options.afterSeconds})` })
    .where(and(of(client), isNull(apiClientSecrets.expiresAt)))
}

export async function deleteSecret({ tx }: Transaction, secret: Pick<ApiClientSecretRow, 'workspaceId' | 'id'>): Promise<void> {
  await tx.delete(apiClientSecrets).where(and(eq(apiClientSecrets.workspaceId, secret.workspaceId), eq(apiClientSecrets.id, secret.id)))
}

export async function noteSecretUse(
  { tx }: Transaction,
  secret: Pick<ApiClientSecretRow, 'workspaceId' | 'id'>,
  use: { from: string | null },
): Promise<void> {
  await tx
    .update(apiClientSecrets)
    .set({ lastUsedAt: sql`clock_timestamp()`, lastUsedFrom: use.from })
    .where(and(eq(apiClientSecrets.workspaceId, secret.workspaceId), eq(apiClientSecrets.id, secret.id)))
}
