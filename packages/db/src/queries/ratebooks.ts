import type { Client } from '../connect.ts'
import type { RatebookStatus } from '../vocabulary.ts'

/** A channel, a name in it, and whom a book replaces there when it is published. */
export type Placement = { channel: string; name: string; replaces: 'channel' | 'name' }

export type RatebookRow = Placement & {
  workspaceId: string
  /** That of the transfer that brought it. */
  id: string
  fileName: string
  status: RatebookStatus
  rates: number
  vehicles: number
  createdAt: Date
  publishedAt: Date | null
  archivedAt: Date | null
}

export const ratebookColumns = `workspace_id as "workspaceId", id, channel, name, file_name as "fileName", replaces, status, rates, vehicles,
  created_at as "createdAt", published_at as "publishedAt", archived_at as "archivedAt"`

export async function findRatebook(client: Client, key: { workspaceId: string; id: string }): Promise<RatebookRow | undefined> {
  const { rows } = await client.query<RatebookRow>(`select ${ratebookColumns} from ratebooks where workspace_id = $1 and id = $2`, [
    key.workspaceId,
    key.id,
  ])
  return rows[0]
}

export type RatebookFilter = { workspaceIds: readonly string[]; channel?: string; status?: RatebookStatus }

/** Newest first, older than `before`. */
export async function listRatebooks(client: Client, page: RatebookFilter & { before?: string; limit: number }): Promise<RatebookRow[]> {
  const { rows } = await client.query<RatebookRow>(
    `select ${ratebookColumns} from ratebooks
     where workspace_id = any ($1) and ($2::text is null or channel = $2) and ($3::text is null or status = $3) and ($4::uuid is null or id < $4)
     order by id desc limit $5`,
    [page.workspaceIds, page.channel, page.status, page.before, page.limit],
  )
  return rows
}

/** One of these workspaces; not found is also one of others. */
export async function findRatebookAmong(
  client: Client,
  key: { workspaceIds: readonly string[]; id: string },
): Promise<RatebookRow | undefined> {
  const { rows } = await client.query<RatebookRow>(`select ${ratebookColumns} from ratebooks where workspace_id = any ($1) and id = $2`, [
    key.workspaceIds,
    key.id,
  ])
  return rows[0]
}

/** The book of which a rate with this id would be. */
export async function findBookBefore(client: Client, key: { workspaceId: string; id: string }): Promise<RatebookRow | undefined> {
  const { rows } = await client.query<RatebookRow>(
    `select ${ratebookColumns} from ratebooks where workspace_id = $1 and id < $2 order by id desc limit 1`,
    [key.workspaceId, key.id],
  )
  return rows[0]
}

/** The published books that one would replace. */
export async function findReplaced(client: Client, place: Placement & { workspaceId: string }): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select id from ratebooks where workspace_id = $1 and channel = $2 and status = 'published' and ($3 = 'channel' or name = $4)`,
    [place.workspaceId, place.channel, place.replaces, place.name],
  )
  return rows.map(({ id }) => id)
}

/** Which of the books that these transfers brought is published where another one of the same content would go. */
export async function findStillPublished(
  client: Client,
  place: Placement & { workspaceId: string; transferIds: readonly string[] },
): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>(
    `select id from ratebooks where workspace_id = $1 and channel = $2 and status = 'published' and ($3 = 'channel' or name = $4)
       and id = any ($5) order by id desc limit 1`,
    [place.workspaceId, place.channel, place.replaces, place.name, place.transferIds],
  )
  return rows[0]?.id
}

/**
 * Publishes a book and archives those it replaces. A reader sees this when the transaction commits, all at once; who reads
 * is not waited for. To be called under the product's lock.
 */
export async function publishRatebook(client: Client, key: { workspaceId: string; id: string }): Promise<void> {
  const values = [key.workspaceId, key.id]
  await client.query(
    `update ratebooks replaced set status = 'archived', archived_at = clock_timestamp()
     from ratebooks book
     where book.workspace_id = $1 and book.id = $2 and replaced.workspace_id = $1 and replaced.channel = book.channel
       and replaced.status = 'published' and replaced.id <> book.id and (book.replaces = 'channel' or replaced.name = book.name)`,
    values,
  )
  await client.query(
    `update ratebooks set status = 'published', published_at = clock_timestamp(), archived_at = null
     where workspace_id = $1 and id = $2 and status <> 'published'`,
    values,
  )
}
