import { createHash } from 'node:crypto'
import { to as copyTo } from 'pg-copy-streams'
import type { Client, Database, Transaction } from '../connect.ts'
import { and, eq, sql } from '../drizzle.ts'
import { files } from '../schema/files.ts'

/** Bytes of one chunk: what a worker holds of a file at any moment, times the few in flight. */
export const chunkBytes = 1024 * 1024

export type StoredFile = { size: number; sha256: string }

/** A file that has arrived and does not count yet. One that is never kept is an orphan, and swept. */
export type ReceivedFile = StoredFile & {
  /** All of it, where it is no larger than a chunk. */
  bytes?: Buffer
  /** Makes it count. To be called in the transaction that records who refers to it. */
  keep(transaction: Transaction): Promise<void>
  drop(): Promise<void>
}

/** Most files are small. */
const firstBytes = 16 * 1024

/**
 * Receives `source` as file `fileId`, reading on while the last chunk is being written, each in its own short transaction.
 * What is no larger than a chunk is written once, when it is kept.
 *
 * @param file.onBytes told the bytes received so far, before each chunk is stored; throwing stops the storing
 */
export async function storeFile(
  db: Database,
  file: { workspaceId: string; fileId: string; source: AsyncIterable<Buffer>; onBytes?: (received: number) => void },
): Promise<ReceivedFile> {
  const { workspaceId, fileId, source, onBytes } = file
  const hash = createHash('sha256')
  let size = 0
  let chunks = 0
  // One is filled while the other is written.
  let filling: Buffer = Buffer.allocUnsafe(firstBytes)
  let written: Buffer | undefined
  let filled = 0
  let writing: Promise<void> = Promise.resolve()

  const makeRoom = (bytes: number) => {
    const wanted = Math.min(chunkBytes, filled + bytes)
    if (wanted <= filling.length) return
    const larger = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(wanted, 4 * filling.length)))
    filling.copy(larger, 0, 0, filled)
    filling = larger
  }
  const flush = async () => {
    const bytes = filling.subarray(0, filled)
    await writing
    ;[filling, written] = [written ?? Buffer.allocUnsafe(chunkBytes), filling]
    filled = 0
    const ordinal = chunks++
    writing = db.inWorkspace(workspaceId, ({ client }) => storeChunk(client, { workspaceId, fileId, ordinal, bytes }))
    // It is awaited before the next chunk and at the end; until then a failure must not count as unhandled.
    writing.catch(() => {})
  }
  const drop = () => (chunks === 0 ? Promise.resolve() : dropFile(db, { workspaceId, fileId }))

  try {
    for await (const part of source) {
      hash.update(part)
      size += part.length
      onBytes?.(size)
      for (let at = 0; at < part.length; ) {
        makeRoom(part.length - at)
        const copied = part.copy(filling, filled, at)
        filled += copied
        at += copied
        if (filled === chunkBytes) await flush()
      }
    }
    if (chunks > 0 && filled > 0) await flush()
    await writing
  } catch (error) {
    await writing.catch(() => {})
    // What cannot be dropped now, with the database away, is an orphan and swept.
    await drop().catch(() => {})
    throw error
  }
  const sha256 = hash.digest('hex')
  const stored = { workspaceId, fileId, size, sha256 }
  const only = chunks === 0 ? filling.subarray(0, filled) : undefined
  return {
    size,
    sha256,
    bytes: only,
    keep: (transaction) => (only === undefined ? completeFile(transaction, stored) : insertFile(transaction, { ...stored, bytes: only })),
    drop,
  }
}

type FileKey = { workspaceId: string; fileId: string }
const thisWeek = "date_trunc('week', clock_timestamp() at time zone 'UTC')"

async function storeChunk(client: Client, chunk: FileKey & { ordinal: number; bytes: Buffer }): Promise<void> {
  const { workspaceId, fileId, ordinal, bytes } = chunk
  // The log is written in order: the commit that makes the file count waits for the disk, and so for these as well.
  await client.query('set local synchronous_commit = off')
  if (ordinal === 0)
    await client.query(`insert into files (workspace_id, id, stored_week) values ($1, $2, ${thisWeek})`, [workspaceId, fileId])
  await client.query({
    name: 'store-chunk',
    text: `insert into file_chunks (workspace_id, stored_week, file_id, ordinal, bytes)
      select workspace_id, stored_week, id, $3, $4 from files where workspace_id = $1 and id = $2`,
    values: [workspaceId, fileId, ordinal, bytes],
  })
}

/** Throws when the file was swept before: it took longer to arrive than files may. */
async function completeFile({ tx }: Transaction, file: FileKey & StoredFile): Promise<void> {
  const { rowCount } = await tx
    .update(files)
    .set({ complete: true, size: file.size, sha256: file.sha256 })
    .where(and(eq(files.workspaceId, file.workspaceId), eq(files.id, file.fileId)))
  if (rowCount !== 1) throw new Error(`file ${file.fileId} is not there any more`)
}

async function insertFile({ client }: Transaction, file: FileKey & StoredFile & { bytes: Buffer }): Promise<void> {
  await client.query({
    name: 'insert-file',
    text: `with file as (
        insert into files (workspace_id, id, stored_week, size, sha256, complete)
        values ($1, $2, ${thisWeek}, $3, $4, true) returning workspace_id, stored_week, id
      )
      insert into file_chunks (workspace_id, stored_week, file_id, ordinal, bytes)
      select workspace_id, stored_week, id, 0, $5::bytea from file where $3::bigint > 0`,
    values: [file.workspaceId, file.fileId, file.size, file.sha256, file.bytes],
  })
}

/** Forgets a file that was never completed. */
async function dropFile(db: Database, file: { workspaceId: string; fileId: string }): Promise<void> {
  await db.inWorkspace(file.workspaceId, async ({ client }) => {
    await client.query(
      `with dropped as (delete from files where workspace_id = $1 and id = $2 and not complete returning workspace_id, stored_week, id)
       delete from file_chunks c using dropped d
       where c.workspace_id = d.workspace_id and c.stored_week = d.stored_week and c.file_id = d.id`,
      [file.workspaceId, file.fileId],
    )
  })
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
export async function* readFile(db: Database, file: FileKey & { size: number }): AsyncIterable<Buffer> {
  const chunks = Math.ceil(file.size / chunkBytes)
  let next = chunks === 0 ? undefined : readChunk(db, { ...file, ordinal: 0 })
  for (let ordinal = 1; next !== undefined; ordinal++) {
    const bytes = await next
    if (bytes.length === 0) return
    next = ordinal < chunks ? readChunk(db, { ...file, ordinal }) : undefined
    next?.catch(() => {})
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

/**
 * Forgets the weeks that ended more than `retentionDays` ago: their bytes, and what was known of so many files of them. Runs as the
 * sweep role.
 *
 * @returns how many were forgotten; as many as `limit`: there may be more
 */
export async function dropOldFiles({ client }: Transaction, options: { retentionDays: number; limit: number }): Promise<number> {
  const before = "(now() at time zone 'UTC')::date - $1::integer"
  await client.query(`select drop_file_store_before(${before})`, [options.retentionDays])
  const forgotten = await client.query(
    `delete from files f using (
       select workspace_id, id from files where stored_week <= ${before} - 7 order by stored_week limit $2
     ) old where f.workspace_id = old.workspace_id and f.id = old.id`,
    [options.retentionDays, options.limit],
  )
  return forgotten.rowCount ?? 0
}
