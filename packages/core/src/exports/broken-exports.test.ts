import type { Database } from '@drayage/db/connect'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { remoteFault } from '../remotes/remote-faults.ts'
import { type Broker, openBroker, recordsIn } from './exports.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

/** A worker dies at one of its moments, counted from 1; from then on nothing that it does takes place. */
type Death = { at: number; moments: string[]; dead: boolean }

function dyingAt(at: number): Death {
  return { at, moments: [], dead: false }
}

function reach(death: Death, moment: string): void {
  if (!death.dead) death.moments.push(moment)
  if (death.moments.length >= death.at) death.dead = true
  if (death.dead) throw new Error('this worker is dead')
}

/** Moments lie before and after each commit, and before, midway in and after each operation on the server. */
function mortalDatabase(inner: Database, death: Death): Database {
  return {
    ...inner,
    inWorkspace: async (ids, work) => {
      if (death.dead) throw new Error('this worker is dead')
      const result = await inner.inWorkspace(ids, async (transaction) => {
        const value = await work(transaction)
        reach(death, 'before a commit')
        return value
      })
      reach(death, 'after a commit')
      return result
    },
  }
}

async function workMortally(broker: Broker, night: string, death: Death): Promise<void> {
  const { ctx } = broker
  ctx.server.interrupt = ({ operation, moment }) => reach(death, `${moment} ${operation}`)
  const mortal = { ...ctx, db: mortalDatabase(ctx.db, death), log: { ...ctx.log, error: () => {} } }
  await broker.work(night, { ctx: mortal }).catch(() => {})
  ctx.server.interrupt = undefined
}

/** The lease of a worker that fell silent runs out. */
const timePasses = ({ client }: Broker) =>
  database.owner.query(
    "update export_schedule set due_at = clock_timestamp(), lease_until = lease_until - interval '1 hour' where ftp_client_id = $1",
    [client.ftpClientId],
  )

const twoRecords = async (broker: Broker) => {
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  await broker.signUp('auth0|2', '2026-07-15T13:00:00Z')
}
const night = '2026-07-16T01:00:00Z'

/** What the customer's program does all the time: takes what can be seen, and keeps it. */
function takeFiles(broker: Broker, taken: Record<string, string>[]): void {
  for (const [path, text] of Object.entries(broker.files())) {
    if (path.includes('/.')) continue
    taken.push({ [path]: text })
    void broker.ctx.server.open().remove(`/data/exports/${path}`)
  }
}

test('a worker that dies at any moment leaves each record in one file, with the same bytes under the same name', async () => {
  const whole = await openBroker(database)
  await twoRecords(whole)
  await whole.work(night)
  const expected = whole.files()
  expect(recordsIn(expected)).toEqual(['auth0|1', 'auth0|2'])

  let deaths = 0
  for (;;) {
    const death = dyingAt(deaths + 1)
    const broker = await openBroker(database)
    await twoRecords(broker)
    await workMortally(broker, night, death)
    if (!death.dead) break
    deaths++
    await timePasses(broker)
    await broker.work(night)
    expect([death.moments.at(-1), broker.files()]).toEqual([death.moments.at(-1), expected])
  }
  expect(deaths).toBeGreaterThan(30)
}, 120_000)

test('a file that its reader took before we knew it was there is not written again', async () => {
  for (let at = 1; ; at++) {
    const death = dyingAt(at)
    const broker = await openBroker(database)
    await twoRecords(broker)
    await workMortally(broker, night, death)
    const taken: Record<string, string>[] = []
    takeFiles(broker, taken)
    await timePasses(broker)
    await broker.work(night)
    await timePasses(broker)
    await broker.work('2026-07-17T01:00:00Z')
    takeFiles(broker, taken)
    expect([death.moments.at(-1), taken.flatMap(recordsIn)]).toEqual([death.moments.at(-1), ['auth0|1', 'auth0|2']])
    if (!death.dead) break
  }
}, 120_000)

test('a worker that dies twice, the second time while it mends what the first left, leaves each record in one file', async () => {
  for (let first = 1; ; first += 4) {
    const one = dyingAt(first)
    let second = 1
    for (; ; second += 6) {
      const other = dyingAt(second)
      const broker = await openBroker(database)
      await twoRecords(broker)
      await workMortally(broker, night, one.dead ? dyingAt(first) : one)
      await timePasses(broker)
      await workMortally(broker, night, other)
      await timePasses(broker)
      await broker.work(night)
      expect([first, second, recordsIn(broker.files())]).toEqual([first, second, ['auth0|1', 'auth0|2']])
      if (!other.dead) break
    }
    if (!one.dead) break
  }
}, 300_000)

test('an answer that is lost at any moment makes no difference in the end', async () => {
  for (let at = 1; ; at++) {
    let moments = 0
    const broker = await openBroker(database)
    await twoRecords(broker)
    broker.ctx.server.interrupt = () => {
      if (++moments === at) throw remoteFault('remote.connection_lost')
    }
    await broker.work(night)
    broker.ctx.server.interrupt = undefined
    await timePasses(broker)
    await broker.work(night)
    expect([at, Object.keys(broker.files()), recordsIn(broker.files())]).toEqual([
      at,
      ['users/2026-07-15-02-00-00.csv'],
      ['auth0|1', 'auth0|2'],
    ])
    if (moments < at) break
  }
}, 120_000)

test('a worker that wakes up after it was taken over shows nothing and spoils nothing', async () => {
  const broker = await openBroker(database)
  await twoRecords(broker)
  let slept = false
  broker.ctx.server.interrupt = async ({ operation, moment }) => {
    if (slept || operation !== 'write' || moment !== 'midway') return
    slept = true
    await timePasses(broker)
    await broker.work(night)
  }
  await broker.work(night)
  expect(Object.keys(broker.files()).filter((path) => !path.includes('/.'))).toEqual(['users/2026-07-15-02-00-00.csv'])
  expect(recordsIn({ file: broker.files()['users/2026-07-15-02-00-00.csv'] ?? '' })).toEqual(['auth0|1', 'auth0|2'])
})

test('of many workers that see to the same night one writes', async () => {
  const broker = await openBroker(database)
  await twoRecords(broker)
  await Promise.all(Array.from({ length: 5 }, () => broker.work(night)))
  expect(recordsIn(broker.files())).toEqual(['auth0|1', 'auth0|2'])
  expect(broker.ctx.server.calls.filter(({ operation }) => operation === 'write')).toHaveLength(1)
})
