import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from './connect.ts'
import { isDatabaseAway, wasIdle } from './database-away.ts'
import { type TestDatabase, testDatabase } from './testing.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const ours = '00000000-0000-7000-8000-000000000001'
const theirs = '00000000-0000-7000-8000-000000000002'

test('a transaction sees the rows of its workspaces and no others', async () => {
  const worker = database.as('drayage_worker')
  await worker.inWorkspace(ours, ({ client }) => client.query("insert into workspaces (id, name) values ($1, 'ours')", [ours]))
  await worker.inWorkspace(theirs, ({ client }) => client.query("insert into workspaces (id, name) values ($1, 'theirs')", [theirs]))
  const seen = (ids: string[]) =>
    worker.inWorkspace(ids, async ({ client }) =>
      (await client.query('select name from workspaces order by name')).rows.map((row) => row.name),
    )
  expect(await seen([ours])).toEqual(['ours'])
  expect(await seen([ours, theirs])).toEqual(['ours', 'theirs'])
  expect(await seen([])).toEqual([])
})

test('a row cannot be written into a workspace that is not open', async () => {
  const worker = database.as('drayage_worker')
  const write = worker.inWorkspace(ours, ({ client }) => client.query("insert into licences values ($1, 'gst', now())", [theirs]))
  await expect(write).rejects.toThrow(/row-level security/)
})

test('a transaction that stopped asking is ended after a while, so that it holds no lock', async () => {
  await using worker = connect({ url: database.url, role: 'drayage_worker', connections: 1, idleInTransactionMs: 50 })
  const rename = "update workspaces set name = 'renamed' where id = $1"
  const stopped = worker.inWorkspace(ours, async ({ client }) => {
    await client.query(rename, [ours])
    // Waits for the lock, and so for the end of the transaction around it.
    await database.owner.query(rename, [ours])
    await client.query('select 1')
  })
  const error = await stopped.catch((thrown: unknown) => thrown)
  expect([isDatabaseAway(error), wasIdle(error)]).toEqual([true, true])
})

test('a ping is answered while every connection is in use', async () => {
  await using worker = connect({ url: database.url, role: 'drayage_worker', connections: 1, waitMs: 100 })
  await worker.inWorkspace(ours, () => worker.ping())
})

test('whoever measures is told how long each transaction took, also of one that failed', async () => {
  const seconds: number[] = []
  await using worker = connect({ url: database.url, role: 'drayage_worker', connections: 1, onTransaction: (took) => seconds.push(took) })
  await worker.inWorkspace(ours, ({ client }) => client.query('select 1'))
  await expect(worker.sweep(({ client }) => client.query('select nothing'))).rejects.toThrow()
  expect(seconds).toHaveLength(2)
  expect(Math.min(...seconds)).toBeGreaterThan(0)
})

test('a transaction that failed is never taken for committed', async () => {
  const worker = database.as('drayage_worker')
  const swallowed = worker.inWorkspace(ours, ({ client }) => client.query('select nothing').catch(() => {}))
  await expect(swallowed).rejects.toThrow(/rolled back/)
})
