import { newId } from '@drayage/core/id'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scanDue } from './poll-schedule.ts'
import { openQueue, type Queue } from './queue.ts'
import { upkeep } from './upkeep.ts'

let database: TestDatabase
let queue: Queue
const workspaceId = newId()
beforeAll(async () => {
  database = await testDatabase()
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  queue = await openQueue({ url: database.url, role: 'drayage_worker', connections: 1, supervise: false, log })
  await run("insert into workspaces (id, name) values ($1, 'ours')", [workspaceId])
})
afterAll(async () => {
  await queue[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const run = (text: string, values: unknown[] = []) => database.owner.query(text, values)
const jobs = async (name: string) =>
  (await run('select data from pgboss.job where name = $1 order by created_on', [name])).rows.map((row) => row.data)

test('more than one block of what is due becomes jobs in one scan', async () => {
  await run(
    `insert into outbox (workspace_id, id, kind, payload, send_at) select $1, gen_random_uuid(), 'k', '{}', now() from generate_series(1, 1201)`,
    [workspaceId],
  )
  const scan = () => scanDue(database.as('drayage_worker'), queue)
  await scan()
  expect(await jobs('mail.send')).toHaveLength(1201)
  await scan()
  expect(await jobs('mail.send')).toHaveLength(1201)
})

test('upkeep drops weeks that are older than what is kept, and keeps the others', async () => {
  await run("create table file_chunks_20250106 partition of file_chunks for values from ('2025-01-06') to ('2025-01-13')")
  const weeks = async () =>
    (await run("select inhrelid::regclass::text as name from pg_inherits where inhparent = 'file_chunks'::regclass")).rows
  const before = await weeks()
  await upkeep(database.as('drayage_worker'), queue, { retentionDays: 90 })
  const after = await weeks()
  expect(before).toContainEqual({ name: 'file_chunks_20250106' })
  expect(after).toEqual(before.filter((week) => week.name !== 'file_chunks_20250106'))
})

test('upkeep forgets files that were begun and never completed', async () => {
  const [orphan, fresh, whole] = [newId(), newId(), newId()]
  const store = (id: string, age: string, complete: boolean) =>
    run(
      `insert into files (workspace_id, id, stored_week, complete, created_at)
       values ($1, $2, date_trunc('week', now()), $3, now() - $4::interval)`,
      [workspaceId, id, complete, age],
    )
  await store(orphan, '2 days', false)
  await store(fresh, '1 hour', false)
  await store(whole, '2 days', true)
  await upkeep(database.as('drayage_worker'), queue, { retentionDays: 90 })
  expect((await run('select id from files')).rows.map((row) => row.id).sort()).toEqual([fresh, whole].sort())
})

test('upkeep has a lost connection test run again', async () => {
  const connectionTestId = newId()
  await run(
    `insert into connection_tests (workspace_id, id, product, connection, config_digest, created_at)
     values ($1, $2, 'gst', '{}', '', now() - interval '3 minutes')`,
    [workspaceId, connectionTestId],
  )
  await upkeep(database.as('drayage_worker'), queue, { retentionDays: 90 })
  expect(await jobs('connection_test.run')).toEqual([{ workspaceId, connectionTestId }])
})
