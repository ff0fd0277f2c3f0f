import type { Client } from '../connect.ts'
import type { TransferMode } from '../vocabulary.ts'

/** One import at a time changes a product's data in a workspace; held until the transaction ends. */
export async function lockProduct(client: Client, { workspaceId, product }: { workspaceId: string; product: string }): Promise<void> {
  await client.query({
    name: 'lock-product',
    text: 'select pg_advisory_xact_lock(hashtext($1), hashtext($2))',
    values: [workspaceId, product],
  })
}

/** The transfers that loaded the same content for the same purpose, besides this one, the latest first and 100 at most. */
export async function findLoaded(
  client: Client,
  same: {
    workspaceId: string
    ftpClientId: string | null
    product: string
    action: string
    mode: TransferMode
    sha256: string
    besides: string
  },
): Promise<string[]> {
  const { workspaceId, ftpClientId, action, mode, sha256, besides, product } = same
  // Found first and put in order then: in the order of their ids all transfers of the workspace would be looked at.
  const { rows } = await client.query<{ id: string }>({
    name: ftpClientId === null ? 'find-loaded-by-api' : 'find-loaded',
    text: `with same as materialized (
        select id from transfers
        where workspace_id = $1 and ftp_client_id ${ftpClientId === null ? 'is null and $2::uuid is null' : '= $2'}
          and action = $3 and mode = $4 and sha256 = $5 and loaded and id <> $6 and product = $7
      )
      select id from same order by id desc limit 100`,
    values: [workspaceId, ftpClientId, action, mode, sha256, besides, product],
  })
  return rows.map(({ id }) => id)
}

/** As `lockProduct`, but gives up after a while. @returns whether it was locked */
export async function lockProductFor(
  client: Client,
  { workspaceId, product, patienceMs }: { workspaceId: string; product: string; patienceMs: number },
): Promise<boolean> {
  await client.query('savepoint unlocked')
  await client.query("select set_config('lock_timeout', $1, true)", [`${patienceMs}ms`])
  try {
    await lockProduct(client, { workspaceId, product })
    await client.query("select set_config('lock_timeout', '0', true)")
    return true
  } catch (error) {
    if ((error as { code?: string }).code !== lockNotAvailable) throw error
    await client.query('rollback to savepoint unlocked')
    return false
  }
}

/** PostgreSQL: a lock was waited for longer than lock_timeout. */
const lockNotAvailable = '55P03'
