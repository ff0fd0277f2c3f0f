import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { remoteFault } from '../remotes/remote-faults.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { fingerprint, type GuardedServer, guardedServer } from '../testing/guarded-server.ts'
import { newClient } from '../testing/new-client.ts'
import { type TestWorkspace, testWorkspace } from '../testing/people.ts'
import { activateFtpClient } from './activate.ts'
import { clearAttention, raiseAttention } from './attention.ts'
import { startConnectionTest } from './connection-test.ts'
import { createFtpClient } from './create.ts'
import { deleteFtpClient } from './delete.ts'
import { getFtpClient, listFtpClients } from './read.ts'
import { runConnectionTest } from './run-connection-test.ts'
import { updateFtpClient } from './update.ts'
import { pauseFtpClient, pollFtpClient, resumeFtpClient } from './work.ts'

let database: TestDatabase
let server: GuardedServer
let ctx: TestContext
let home: TestWorkspace
let admin: TestContext
let id = ''
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database, openRemote: (endpoint) => server.openRemote(endpoint) })
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  home = await testWorkspace(ctx)
  admin = home.admin
  server = guardedServer()
  server.put('/data/old.txt', 'of the customer')
  id = (await createFtpClient.run(admin, newClient(home.workspaceId))).id
  ctx.queue.length = 0
})

const accepted = fingerprint('a')
const fault = (code: string) => expect.objectContaining({ kind: 'conflict', code })
async function testIt(input: Record<string, unknown> = { ftpClientId: id }): Promise<string> {
  const started = await startConnectionTest.run(admin, input)
  await ctx.drain({ 'connection_test.run': (context, key) => runConnectionTest(context, key) })
  return started.id
}
const activate = (connectionTestId: string, acceptHostKey?: string) => activateFtpClient.run(admin, { id, connectionTestId, acceptHostKey })
const activated = async () => activate(await testIt(), accepted)
const statusOf = async () => (await getFtpClient.run(admin, { id })).status
const jobsOf = (name: string) => ctx.queue.filter((job) => job.name === name)
const schedule = async () =>
  (
    await database.owner.query('select interval_seconds, due_at <= clock_timestamp() as due from poll_schedule where ftp_client_id = $1', [
      id,
    ])
  ).rows
const raise = (
  stops: boolean,
  code: 'remote.no_space' | 'remote.login_refused' | 'remote.permission_denied',
  raisedBy?: 'look' | 'transfer',
) =>
  ctx.db.inWorkspace(home.workspaceId, (transaction) =>
    raiseAttention(ctx, transaction, { workspaceId: home.workspaceId, ftpClientId: id, fault: remoteFault(code), stops, raisedBy }),
  )
const clear = (raisedBy?: 'look' | 'transfer') =>
  ctx.db.inWorkspace(home.workspaceId, (transaction) =>
    clearAttention(ctx, transaction, { workspaceId: home.workspaceId, ftpClientId: id }, { raisedBy }),
  )
const letters = async () =>
  (await database.owner.query('select kind from outbox where ftp_client_id = $1 order by id', [id])).rows.map((row) => row.kind)

test('a passing test and the accepted host key bring a client to life, and pin the key', async () => {
  const client = await activated()
  expect(client).toMatchObject({ status: 'active', trustedHostKeys: [accepted], version: 2 })
  expect(await schedule()).toEqual([{ interval_seconds: 60, due: true }])
  expect(jobsOf('client.poll')).toMatchObject([{ payload: { ftpClientId: id } }])
})

test('a client is not activated with a host key that nobody accepted, or another one', async () => {
  const test = await testIt()
  await expect(activate(test)).rejects.toMatchObject({
    code: 'ftp_client.host_key_not_accepted',
    details: { observedHostKey: { fingerprint: accepted } },
  })
  await expect(activate(test, fingerprint('b'))).rejects.toEqual(fault('ftp_client.host_key_not_accepted'))
  expect(await statusOf()).toBe('draft')
})

test('a test of the same fields and secret counts, though the client was not saved then', async () => {
  const test = await testIt(newClient(home.workspaceId))
  expect((await activate(test, accepted)).status).toBe('active')
})

test.each<[string, { password?: string; baseDirectory?: string }]>([
  ['another secret', { password: 'other' }],
  ['another directory', { baseDirectory: '/data2' }],
])('a test with %s does not count', async (_, fields) => {
  server.put('/data2/x', '')
  server.password = fields.password ?? 'right'
  const test = await testIt(newClient(home.workspaceId, fields))
  await expect(activate(test, accepted)).rejects.toEqual(fault('connection_test.other_configuration'))
})

test('a failed test does not count', async () => {
  server.password = 'changed'
  await expect(activate(await testIt(), accepted)).rejects.toEqual(fault('connection_test.not_passed'))
})

test('a test counts for 30 minutes', async () => {
  const test = await testIt()
  const age = (minutes: number) =>
    database.owner.query(`update connection_tests set finished_at = clock_timestamp() - interval '${minutes} min' where id = $1`, [test])
  await age(31)
  await expect(activate(test, accepted)).rejects.toEqual(fault('connection_test.too_old'))
  await age(29)
  expect((await activate(test, accepted)).status).toBe('active')
})

test('a test of another workspace is not found', async () => {
  const other = await testWorkspace(ctx)
  const foreign = await startConnectionTest.run(other.admin, newClient(other.workspaceId))
  await expect(activate(foreign.id, accepted)).rejects.toMatchObject({ kind: 'not_found', code: 'connection_test.not_found' })
})

test('activating twice with the same test is no harm', async () => {
  const test = await testIt()
  await activate(test, accepted)
  expect((await activate(test, accepted)).status).toBe('active')
})

test.each<[string, Record<string, unknown>]>([
  ['host', { host: 'new.example.com', password: 'right' }],
  ['base directory', { baseDirectory: '/other' }],
  ['transfer mode', { transferMode: 'active' }],
  ['secret', { password: 'other' }],
])('another %s makes an active client a draft that looks for nothing', async (_, change) => {
  await activated()
  expect(await updateFtpClient.run(admin, { id, expectedVersion: 2, ...change })).toMatchObject({ status: 'draft' })
  expect(await schedule()).toEqual([])
})

test('another label or interval leaves it active', async () => {
  await activated()
  expect(await updateFtpClient.run(admin, { id, expectedVersion: 2, label: 'SAP', pollIntervalSeconds: 5 })).toMatchObject({
    status: 'active',
  })
  expect(await schedule()).toMatchObject([{ interval_seconds: 5 }])
})

test('a paused client looks for nothing until it is resumed', async () => {
  await activated()
  expect((await pauseFtpClient.run(admin, { id })).status).toBe('paused')
  expect((await pauseFtpClient.run(admin, { id })).version).toBe(3)
  expect(await schedule()).toEqual([])
  await expect(pollFtpClient.run(admin, { id })).rejects.toEqual(fault('ftp_client.not_active'))
  expect((await resumeFtpClient.run(admin, { id })).status).toBe('active')
  expect(await schedule()).toMatchObject([{ due: true }])
  expect(await letters()).toEqual(['ftp_client.created', 'ftp_client.activated', 'ftp_client.paused', 'ftp_client.resumed'])
})

test('a draft is neither paused, resumed nor polled', async () => {
  for (const [operation, code] of [
    [pauseFtpClient, 'ftp_client.not_activated'],
    [resumeFtpClient, 'ftp_client.not_activated'],
    [pollFtpClient, 'ftp_client.not_active'],
  ] as const) {
    await expect(operation.run(admin, { id })).rejects.toEqual(fault(code))
  }
})

test('an active client looks at once when asked to', async () => {
  await activated()
  await database.owner.query("update poll_schedule set due_at = due_at + interval '1 hour'")
  ctx.queue.length = 0
  await pollFtpClient.run(admin, { id })
  expect(await schedule()).toMatchObject([{ due: true }])
  expect(jobsOf('client.poll')).toHaveLength(1)
})

test('an attention is told once, and once that it is over', async () => {
  await activated()
  await raise(false, 'remote.no_space')
  await raise(false, 'remote.permission_denied')
  expect(await getFtpClient.run(admin, { id })).toMatchObject({ status: 'needs_attention', attention: { code: 'remote.no_space' } })
  expect((await listFtpClients.run(admin, { status: 'needs_attention' })).items.map((item) => item.id)).toEqual([id])
  expect((await listFtpClients.run(admin, { status: 'active' })).items).toEqual([])
  await clear()
  await clear()
  expect(await statusOf()).toBe('active')
  expect((await letters()).slice(2)).toEqual(['ftp_client.attention', 'ftp_client.recovered'])
})

test('a good look does not end what a transfer found', async () => {
  await activated()
  await raise(false, 'remote.no_space', 'transfer')
  await clear('look')
  expect(await statusOf()).toBe('needs_attention')
  await clear('transfer')
  expect(await statusOf()).toBe('active')
})

test('an attention that stops the client takes the place of one that does not, and ends by activation only', async () => {
  await activated()
  await raise(false, 'remote.no_space')
  await raise(true, 'remote.login_refused')
  await raise(true, 'remote.login_refused')
  expect(await getFtpClient.run(admin, { id })).toMatchObject({ attention: { code: 'remote.login_refused' } })
  expect(await schedule()).toEqual([])
  await clear()
  expect(await statusOf()).toBe('needs_attention')
  await expect(pollFtpClient.run(admin, { id })).rejects.toEqual(fault('ftp_client.needs_activation'))
  await expect(resumeFtpClient.run(admin, { id })).rejects.toEqual(fault('ftp_client.needs_activation'))
  expect((await activate(await testIt())).status).toBe('active')
  expect(await schedule()).toMatchObject([{ due: true }])
  expect((await letters()).filter((kind) => kind === 'ftp_client.attention')).toHaveLength(2)
})

test('attention comes too late for a client that was deleted or became a draft', async () => {
  await activated()
  await deleteFtpClient.run(admin, { id, expectedVersion: 2 })
  await raise(true, 'remote.login_refused')
  expect((await letters()).at(-1)).toBe('ftp_client.deleted')
})

test('deleting stops the work and names what was taken and not put away', async () => {
  await activated()
  const transfer = (state: string, claimedPath: string | null) =>
    database.owner.query(
      `insert into transfers (workspace_id, id, ftp_client_id, product, action, mode, file_name, path, state, claimed_path, fence, run_at)
       values ($1, gen_random_uuid(), $2, 'gst', 'upload_sales', 'live', 'a.csv', gen_random_uuid()::text, $3, $4, 3, now())`,
      [home.workspaceId, id, state, claimedPath],
    )
  await transfer('fetched', '/data/CLEARTAX/UPLOAD_SALES/INPUT/PROCESSING/1~a.csv')
  await transfer('seen', null)
  const { filesLeft } = await deleteFtpClient.run(admin, { id, expectedVersion: 2 })
  expect(filesLeft).toEqual(['/data/CLEARTAX/UPLOAD_SALES/INPUT/PROCESSING/1~a.csv'])
  const { rows } = await database.owner.query('select state, fence::int, run_at from transfers where ftp_client_id = $1', [id])
  expect(rows).toEqual([
    { state: 'cancelled', fence: 4, run_at: null },
    { state: 'cancelled', fence: 4, run_at: null },
  ])
})

test('a change of a paused client whose files wait wakes nothing, activation wakes them', async () => {
  await database.owner.query(
    `insert into transfers (workspace_id, id, ftp_client_id, product, action, mode, file_name, path, state)
     values ($1, gen_random_uuid(), $2, 'gst', 'upload_sales', 'live', 'a.csv', '/a.csv', 'claimed')`,
    [home.workspaceId, id],
  )
  await activated()
  expect(jobsOf('transfer.run')).toHaveLength(1)
})
