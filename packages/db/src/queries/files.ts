import { createHash } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { to as copyTo } from 'pg-copy-streams'
import type { Database, Transaction } from '../connect.ts'
import { files } from '../schema/files.ts'

/** Bytes of one chunk: what a worker holds of a file at any moment, times the few in flight. */
export const chunkBytes = 1024 * 1024

export type StoredFile = { size: number; sha256: string }

/**
 * Stores `source` as file `fileId`, each chunk in its own short transaction, reading on while the last chunk is being
 * written. The file does not count until `completeFile` says so under the caller's fence; what never does is an orphan.
 *
 * @param file.onBytes told the bytes received so far, before each chunk is stored; throwing stops the storing
 */
export async function storeFile(
  db: Database,
  file: { workspaceId: string; fileId: string; source: AsyncIterable<Buffer>; onBytes?: (received: number) => void },
): Promise<StoredFile> {
  const { workspaceId, fileId, source, onBytes } = file
  const week = await db.inWorkspace(workspaceId, async ({ client }) => {
    const made = await client.query<{ week: string }>(
      `insert into files (workspace_id, id, stored_week) values ($1, $2, date_trunc('week', clock_timestamp() at time zone 'UTC'))
       returning stored_week::text as week`,
      [workspaceId, fileId],
    )
    return made.rows[0]?.week
  })
  const hash = createHash('sha256')
  let size = 0
  let ordinal = 0
  // One is filled while the other is written.
  let [filling, written] = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)]
  let filled = 0
  let writing: Promise<void> = Promise.resolve()

  const flush = async () => {
    const bytes = filling.subarray(0, filled)
    await writing
    ;[filling, written] = [written, filling]
    filled = 0
    writing = db.inWorkspace(workspaceId, async ({ client }) => {
      // The log is written in order: the commit that makes the file count waits for the disk, and so for these as well.
      await client.query('set local synchronous_commit = off')
      await client.query({
        name: 'store-chunk',
        text: 'insert into file_chunks (workspace_id, stored_week, file_id, ordinal, bytes) values ($1, $2, $3, $4, $5)',
        values: [workspaceId, week, fileId, ordinal++, bytes],
      })
    })
    // It is awaited before the next chunk and at the end; until then a failure must not count as unhandled.
    writing.catch(() => {})
  }

  try {
    for await (const part of source) {
      hash.update(part)
      size += part.length
      onBytes?.(size)
      for (let at = 0; at < part.length; ) {
        const copied = part.copy(filling, filled, at)
        filled += copied
        at += copied
        if (filled === chunkBytes) await flush()
      }
    }
    if (filled > 0) await flush()
    await writing
  } catch (error) {
    await writing.catch(() => {})
    // What cannot be dropped now, with the database away, is an orphan and swept.
    await dropFile(db, { workspaceId, fileId }).catch(() => {})
    throw error
  }
  return { size, sha256: hash.digest('hex') }
}

/** Forgets a file that was never completed. */
export async function dropFile(db: Database, file: { workspaceId: string; fileId: string }): Promise<void> {
  await db.inWorkspace(file.workspaceId, async ({ client }) => {
    await client.query(
      `with dropped as (delete from files where workspace_id = $1 and id = $2 and not complete returning workspace_id, stored_week, id)
       delete from file_chunks c using dropped d
       where c.workspace_id = d.workspace_id and c.stored_week = d.stored_week and c.file_id = d.id`,
      [file.workspaceId, file.fileId],
    )
  })
}

/** Makes a stored file count. To be called in the transaction that records who refers to it. */
export async function completeFile({ tx }: Transaction, file: { workspaceId: string; fileId: string } & StoredFile): Promise<void> {
  await tx
    .update(files)
    .set({ complete: true, size: file.size, sha256: file.sha256 })
    .where(and(eq(files.workspaceId, file.workspaceId), eq(files.id, file.fileId)))
}

/** What is known of a completed file; `kept` is false when retention has dropped its bytes. */
export async function findFile(
  { client }: Transaction,
  file: { workspaceId: string; fileId: string },
): Promise<(StoredFile & { kept: boolean }) | undefined> {
  const { rows } = await client.query<{ size: string; sha256: string; kept: boolean }>(
    `select f.size, f.sha256, f.size = 0 or exists (
       select from file_chunks c
       where c.workspace_id = f.workspace_id and c.stored_week = f.stored_week and c.file_id = f.id and c.ordinal = 0
     ) as kept
     from files f where f.workspace_id = $1 and f.id = $2 and f.complete`,
    [file.workspaceId, file.fileId],
  )
  return rows[0] && { ...rows[0], size: Number(rows[0].size) }
}

/** The bytes of a stored file in order, a chunk at a time, no connection held between chunks. */
export async function* readFile(db: Database, file: { workspaceId: string; fileId: string }): AsyncIterable<Buffer> {
  let next = readChunk(db, { ...file, ordinal: 0 })
  for (let ordinal = 1; ; ordinal++) {
    const bytes = await next
    if (bytes.length === 0) return
    next = readChunk(db, { ...file, ordinal })
    next.catch(() => {})
    yield bytes
  }
}

/**
 * The bytes of one chunk, none behind the last. By COPY, because the driver takes the results of a query for text: a
 * chunk in hexadecimal digits leaves many times its size to the garbage collector.
 */
function readChunk(db: Database, chunk: { workspaceId: string; fileId: string; ordinal: number }): Promise<Buffer> {
  return db.inWorkspace(chunk.workspaceId, async ({ client }) => {
    const [workspaceId, fileId] = [chunk.workspaceId, chunk.fileId].map((id) => client.escapeLiteral(id))
    const copied = client.query(
      copyTo(`copy (
        select c.bytes from files f join file_chunks c using (workspace_id, stored_week)
        where f.workspace_id = ${workspaceId} and f.id = ${fileId} and c.file_id = f.id and c.ordinal = ${chunk.ordinal}
      ) to stdout with (format binary)`),
    )
    return onlyField(Buffer.concat(await Array.fromAsync(copied)))
  })
}

/**
 * The one field of the one row, if there is one. Source: PostgreSQL, COPY, binary format: a header of 19 bytes, each row
 * its number of fields and each field its length, and a trailer of -1 fields.
 */
function onlyField(copied: Buffer): Buffer {
  const row = 19
  const field = row + 6
  return copied.readInt16BE(row) < 0 ? copied.subarray(0, 0) : copied.subarray(field, field + copied.readInt32BE(row + 2))
}

/** Forgets files that were never completed and are older than `olderThanSeconds`. Runs as the sweep role. */
export async function sweepOrphans({ tx }: Transaction, options: { olderThanSeconds: number; limit: number }): Promise<number> {
  const swept = await tx.execute(sql`
    with orphans as (
      select workspace_id, id, stored_week from files
      where not complete and created_at < clock_timestamp() - make_interval(secs => ${options.olderThanSeconds}) limit ${options.limit}
    ), chunks as (
      delete from file_chunks c using orphans o
      where c.workspace_id = o.workspace_id and c.stored_week = o.stored_week and c.file_id = o.id
    )
    delete from files f using orphans o where f.workspace_id = o.workspace_id and f.id = o.id`)
  return swept.rowCount ?? 0
}

/** Forgets the weeks that ended more than `retentionDays` ago, their bytes and what was known of them. Runs as the sweep role. */
export async function dropOldFiles({ client }: Transaction, options: { retentionDays: number }): Promise<void> {
  const before = "(now() at time zone 'UTC')::date - $1::integer"
  await client.query(`select drop_file_store_before(${before})`, [options.retentionDays])
  await client.query(`delete from files where stored_week + 7 <= ${before}`, [options.retentionDays])
}
