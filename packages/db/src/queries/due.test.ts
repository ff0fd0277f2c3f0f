import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { findLostConnectionTests, leaveClients, takeDueExports, takeDueLetters, takeDuePolls, takeDueTransfers } from './due.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await database.owner.query("insert into workspaces (id, name) values ($1, 'ours')", [workspaceId])
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(() =>
  database.owner.query(
    'delete from poll_schedule; delete from export_schedule; delete from transfers; delete from outbox; delete from connection_tests',
  ),
)

const workspaceId = randomUUID()
const run = (text: string, values: unknown[]) => database.owner.query(text, values)
const someone = { worker: 'someone', othersAfterSeconds: 2 }
const sweeper = () => database.as('drayage_worker', { connections: 1 })

async function aClient(options: { dueInSeconds: number; intervalSeconds: number }): Promise<string> {
  const id = randomUUID()
  await run(
    `insert into ftp_clients (workspace_id, id, product, label, root_folder, protocol, host, port, base_directory, username, csv, time_zone, mail_policy, config_digest)
     values ($1, $2, 'gst', 'ERP', 'CLEARTAX', 'sftp', $3, 22, '/', 'u', '{}', 'UTC', 'problems', '')`,
    [workspaceId, id, id],
  )
  await run(
    'insert into poll_schedule (workspace_id, ftp_client_id, due_at, interval_seconds) values ($1, $2, now() + make_interval(secs => $3), $4)',
    [workspaceId, id, options.dueInSeconds, options.intervalSeconds],
  )
  return id
}

async function aTransfer(options: { runInSeconds: number; leaseInSeconds?: number }): Promise<string> {
  const id = randomUUID()
  await run(
    `insert into transfers (workspace_id, id, product, action, mode, file_name, path, state, run_at, lease_until)
     values ($1, $2, 'gst', 'upload_sales', 'live', 'a.csv', '/a.csv', 'claimed', now() + make_interval(secs => $3), now() + make_interval(secs => $4))`,
    [workspaceId, id, options.runInSeconds, options.leaseInSeconds ?? null],
  )
  return id
}

test('a client is taken when it is due, and not again before its interval has passed', async () => {
  const due = await aClient({ dueInSeconds: -1, intervalSeconds: 60 })
  await aClient({ dueInSeconds: 5, intervalSeconds: 60 })
  const take = () => sweeper().sweep((transaction) => takeDuePolls(transaction, { ...someone, limit: 10 }))
  expect(await take()).toEqual([{ workspaceId, ftpClientId: due }])
  expect(await take()).toEqual([])
})

test('a client keeps its rhythm after a long outage', async () => {
  const id = await aClient({ dueInSeconds: -3607, intervalSeconds: 60 })
  await sweeper().sweep((transaction) => takeDuePolls(transaction, { ...someone, limit: 10 }))
  const { rows } = await run('select extract(epoch from due_at - now())::float8 as seconds from poll_schedule where ftp_client_id = $1', [
    id,
  ])
  expect(rows[0].seconds).toBeGreaterThan(49)
  expect(rows[0].seconds).toBeLessThanOrEqual(56)
})

test('clients that were due together drift apart', async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, () => aClient({ dueInSeconds: -1, intervalSeconds: 1000 })))
  await sweeper().sweep((transaction) => takeDuePolls(transaction, { ...someone, limit: 40 }))
  const { rows } = await run(
    'select count(distinct due_at)::int as times, extract(epoch from max(due_at) - min(due_at))::float8 as apart from poll_schedule where ftp_client_id = any($1)',
    [ids],
  )
  expect(rows[0].times).toBeGreaterThan(30)
  expect(rows[0].apart).toBeGreaterThan(20)
  expect(rows[0].apart).toBeLessThanOrEqual(100)
})

test('who looked before looks again, and others only when that is late; who leaves leaves its clients to anybody', async () => {
  const id = await aClient({ dueInSeconds: -1, intervalSeconds: 60 })
  const take = (worker: string) => sweeper().sweep((transaction) => takeDuePolls(transaction, { worker, othersAfterSeconds: 2, limit: 10 }))
  const isDue = (seconds: number) =>
    run('update poll_schedule set due_at = now() - make_interval(secs => $2) where ftp_client_id = $1', [id, seconds])
  expect(await take('first')).toHaveLength(1)
  await isDue(1)
  expect(await take('second')).toEqual([])
  expect(await take('first')).toHaveLength(1)
  await isDue(2)
  expect(await take('second')).toHaveLength(1)
  await isDue(0)
  await sweeper().sweep((transaction) => leaveClients(transaction, 'second'))
  expect(await take('first')).toHaveLength(1)
})

test.each([
  { quietFor: '1 hour', intervalSeconds: 60, next: 60 },
  { quietFor: '2 days', intervalSeconds: 60, next: 120 },
  { quietFor: '8 days', intervalSeconds: 60, next: 240 },
  { quietFor: '8 days', intervalSeconds: 200, next: 300 },
  { quietFor: '8 days', intervalSeconds: 3600, next: 3600 },
])(
  'a client of $intervalSeconds s that was quiet for $quietFor is looked into every $next s',
  async ({ quietFor, intervalSeconds, next }) => {
    const id = await aClient({ dueInSeconds: 0, intervalSeconds })
    await run('update poll_schedule set active_at = now() - $2::interval where ftp_client_id = $1', [id, quietFor])
    await sweeper().sweep((transaction) => takeDuePolls(transaction, { ...someone, limit: 10 }))
    const { rows } = await run('select extract(epoch from due_at - now())::float8 as seconds from poll_schedule where ftp_client_id = $1', [
      id,
    ])
    expect(rows[0].seconds).toBeGreaterThan(next * 0.94)
    expect(rows[0].seconds).toBeLessThan(next * 1.06)
  },
)

test('two sweeps at once never take the same client', async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, () => aClient({ dueInSeconds: -1, intervalSeconds: 60 })))
  const taken = await Promise.all(
    [sweeper(), sweeper()].map((db) => db.sweep((transaction) => takeDuePolls(transaction, { ...someone, limit: 20 }))),
  )
  const seen = taken.flat().map((client) => client.ftpClientId)
  expect(new Set(seen).size).toBe(seen.length)
  const rest = await sweeper().sweep((transaction) => takeDuePolls(transaction, { ...someone, limit: 100 }))
  expect([...seen, ...rest.map((client) => client.ftpClientId)].sort()).toEqual(ids.sort())
})

test('a transfer is called when it is due and nobody holds it, and again half a minute later', async () => {
  const free = await aTransfer({ runInSeconds: -1 })
  const abandoned = await aTransfer({ runInSeconds: -1, leaseInSeconds: -1 })
  await aTransfer({ runInSeconds: -1, leaseInSeconds: 10 })
  await aTransfer({ runInSeconds: 10 })
  const take = () => sweeper().sweep((transaction) => takeDueTransfers(transaction, { limit: 10 }))
  expect((await take()).map((due) => due.transferId).sort()).toEqual([free, abandoned].sort())
  expect(await take()).toEqual([])
  await run("update transfers set run_at = run_at - interval '31 seconds' where id = $1", [free])
  expect(await take()).toEqual([{ workspaceId, transferId: free }])
})

test('a letter is called until it was sent or given up', async () => {
  const [waiting, sent] = [randomUUID(), randomUUID()]
  await run(
    `insert into outbox (workspace_id, id, kind, payload, send_at) values ($1, $2, 'k', '{}', now() - interval '1 s'), ($1, $3, 'k', '{}', null)`,
    [workspaceId, waiting, sent],
  )
  const take = () => sweeper().sweep((transaction) => takeDueLetters(transaction, { limit: 10 }))
  expect(await take()).toEqual([{ workspaceId, outboxId: waiting }])
  expect(await take()).toEqual([])
})

test('a connection test is lost when nothing was heard of it for a while, and stays lost until it has ended', async () => {
  const aTest = async (status: string, createdSecondsAgo: number) => {
    const id = randomUUID()
    await run(
      `insert into connection_tests (workspace_id, id, product, connection, config_digest, status, created_at)
       values ($1, $2, 'gst', '{}', '', $3, now() - make_interval(secs => $4))`,
      [workspaceId, id, status, createdSecondsAgo],
    )
    return id
  }
  const lost = await aTest('queued', 200)
  await aTest('queued', 10)
  await aTest('passed', 200)
  const longLost = await aTest('running', 900_000)
  const found = await sweeper().sweep((transaction) => findLostConnectionTests(transaction, { quietSeconds: 120, limit: 10 }))
  expect(found.map((each) => each.connectionTestId)).toEqual([longLost, lost])
})

test('exports are taken when they are due and no living worker holds them, and called again if their wake-up call is lost', async () => {
  const scheduled = async (due: string, lease?: string) => {
    const id = await aClient({ dueInSeconds: 3600, intervalSeconds: 3600 })
    await run(
      `insert into export_schedule (workspace_id, ftp_client_id, due_at, lease_until)
       values ($1, $2, now() + $3::interval, now() + $4::interval)`,
      [workspaceId, id, due, lease],
    )
    return id
  }
  const due = await scheduled('-1 hour')
  const orphaned = await scheduled('-1 second', '-1 second')
  await scheduled('1 minute')
  await scheduled('-1 hour', '10 seconds')
  await run('insert into export_schedule (workspace_id, ftp_client_id, due_at) values ($1, $2, null)', [
    workspaceId,
    await aClient({ dueInSeconds: 3600, intervalSeconds: 3600 }),
  ])
  const take = async () =>
    (await sweeper().sweep((transaction) => takeDueExports(transaction, { limit: 10 }))).map((key) => key.ftpClientId)
  expect((await take()).toSorted()).toEqual([due, orphaned].toSorted())
  expect(await take()).toEqual([])
  const { rows } = await run('select extract(epoch from due_at - now())::float8 as seconds from export_schedule where ftp_client_id = $1', [
    due,
  ])
  expect(rows[0].seconds).toBeGreaterThan(20)
})
