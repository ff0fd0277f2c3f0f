import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../connect.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { chunkBytes, dropOldFiles, readFile, storeFile, sweepOrphans } from './files.ts'

const workspaceId = '00000000-0000-7000-8000-000000000001'
let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await testDatabase()
  db = database.as('drayage_worker')
  await database.owner.query(`insert into workspaces (id, name) values ('${workspaceId}', 'w')`)
})
afterAll(() => database[Symbol.asyncDispose]())

let ids = 0
const nextId = () => `00000000-0000-7000-9000-${String(++ids).padStart(12, '0')}`

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const stored = async (fileId: string) => Buffer.concat(await Array.fromAsync(readFile(db, { workspaceId, fileId, size: 9 * chunkBytes })))

test.each([0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes + 7])(
  'a file of %d bytes is read as it was stored',
  async (size) => {
    const content = randomBytes(size)
    const fileId = nextId()
    const facts = await storeFile(db, { workspaceId, fileId, source: pieces(content, 100_003) })
    expect(facts).toMatchObject({ size, sha256: createHash('sha256').update(content).digest('hex') })
    await db.inWorkspace(workspaceId, facts.keep)
    expect((await stored(fileId)).equals(content)).toBe(true)
  },
)

test('what breaks off is dropped, or swept if it could not be, and what was completed stays', async () => {
  const [broken, whole] = [nextId(), nextId()]
  async function* breaking(): AsyncGenerator<Buffer> {
    yield randomBytes(2 * chunkBytes)
    throw new Error('the line was cut')
  }
  await expect(storeFile(db, { workspaceId, fileId: broken, source: breaking() })).rejects.toThrow('the line was cut')
  const { keep } = await storeFile(db, { workspaceId, fileId: whole, source: pieces(Buffer.from('whole'), 2) })
  await db.inWorkspace(workspaceId, keep)
  expect(await stored(broken)).toHaveLength(0)
  await storeFile(db, { workspaceId, fileId: nextId(), source: pieces(Buffer.from('a small orphan'), 4) })
  await storeFile(db, { workspaceId, fileId: nextId(), source: pieces(randomBytes(chunkBytes), chunkBytes) })
  expect(await db.sweep((transaction) => sweepOrphans(transaction, { olderThanSeconds: -1, limit: 100 }))).toBeGreaterThan(0)
  expect(await stored(whole)).toEqual(Buffer.from('whole'))
  const orphans = 'select from file_chunks where file_id not in (select id from files where complete)'
  expect((await database.owner.query(orphans)).rowCount).toBe(0)
})

test('files are forgotten with their bytes when their week is old enough, and not before', async () => {
  const [old, kept] = [nextId(), nextId()]
  for (const fileId of [old, kept]) {
    const { keep } = await storeFile(db, { workspaceId, fileId, source: pieces(Buffer.from('content'), 7) })
    await db.inWorkspace(workspaceId, keep)
  }
  const longAgo = "(date_trunc('week', now() at time zone 'UTC') - interval '12 weeks')::date"
  const { rows } = await database.owner.query(`select to_char(${longAgo}, 'YYYYMMDD') as name, ${longAgo}::text as monday`)
  const { name, monday } = rows[0] as { name: string; monday: string }
  await database.owner.query(
    `create table file_chunks_${name} partition of file_chunks for values from ('${monday}') to (date '${monday}' + 7)`,
  )
  await database.owner.query(`update file_chunks set stored_week = '${monday}' where file_id = $1`, [old])
  await database.owner.query(`update files set stored_week = '${monday}' where id = $1`, [old])

  await db.sweep((transaction) => dropOldFiles(transaction, { retentionDays: 90, limit: 100 }))
  expect(await stored(old)).toEqual(Buffer.from('content'))
  expect(await db.sweep((transaction) => dropOldFiles(transaction, { retentionDays: 60, limit: 1 }))).toBe(1)
  expect(await db.sweep((transaction) => dropOldFiles(transaction, { retentionDays: 60, limit: 1 }))).toBe(0)
  expect(await stored(old)).toHaveLength(0)
  expect(await stored(kept)).toEqual(Buffer.from('content'))
  expect((await database.owner.query('select from files where id = $1', [old])).rowCount).toBe(0)
})

test('a file that was swept before all of it was there is not kept for a whole one', async () => {
  const fileId = nextId()
  const { keep } = await storeFile(db, { workspaceId, fileId, source: pieces(Buffer.alloc(chunkBytes + 1), chunkBytes) })
  await database.owner.query("update files set created_at = now() - interval '2 days' where id = $1", [fileId])
  expect(await db.sweep((transaction) => sweepOrphans(transaction, { olderThanSeconds: 24 * 3600, limit: 100 }))).toBe(1)
  await expect(db.inWorkspace(workspaceId, keep)).rejects.toThrow('not there any more')
})
