import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../connect.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { chunkBytes, completeFile, readFile, storeFile, sweepOrphans } from './files.ts'

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
const stored = async (fileId: string) => Buffer.concat(await Array.fromAsync(readFile(db, { workspaceId, fileId })))

test.each([0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes + 7])(
  'a file of %d bytes is read as it was stored',
  async (size) => {
    const content = randomBytes(size)
    const fileId = nextId()
    const facts = await storeFile(db, { workspaceId, fileId, source: pieces(content, 100_003) })
    expect(facts).toEqual({ size, sha256: createHash('sha256').update(content).digest('hex') })
    expect((await stored(fileId)).equals(content)).toBe(true)
  },
)

test('what breaks off is an orphan and swept, what was completed stays', async () => {
  const [broken, whole] = [nextId(), nextId()]
  async function* breaking(): AsyncGenerator<Buffer> {
    yield randomBytes(2 * chunkBytes)
    throw new Error('the line was cut')
  }
  await expect(storeFile(db, { workspaceId, fileId: broken, source: breaking() })).rejects.toThrow('the line was cut')
  const facts = await storeFile(db, { workspaceId, fileId: whole, source: pieces(Buffer.from('whole'), 2) })
  await db.inWorkspace(workspaceId, (transaction) => completeFile(transaction, { workspaceId, fileId: whole, ...facts }))
  expect(await db.sweep((transaction) => sweepOrphans(transaction, { olderThanSeconds: -1, limit: 100 }))).toBeGreaterThan(0)
  expect(await stored(whole)).toEqual(Buffer.from('whole'))
  expect(await stored(broken)).toHaveLength(0)
  expect((await database.owner.query('select distinct file_id from file_chunks')).rows).toEqual([{ file_id: whole }])
})
