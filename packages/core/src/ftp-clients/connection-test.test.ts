import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { gst } from '../imports/products/gst/product.ts'
import { generateKeyring, parseKeyring } from '../keyring.ts'
import { remoteLimits } from '../remotes/remote.ts'
import { remoteFault } from '../remotes/remote-faults.ts'
import { makeSecrets } from '../secrets.ts'
import type { JobHandlers, TestContext } from '../testing/context.ts'
import { testContext } from '../testing/context.ts'
import { fingerprint, type GuardedServer, guardedServer } from '../testing/guarded-server.ts'
import { newClient } from '../testing/new-client.ts'
import { type TestWorkspace, testWorkspace } from '../testing/people.ts'
import { getConnectionTest, startConnectionTest } from './connection-test.ts'
import { createFtpClient } from './create.ts'
import { connectionTestLimits, runConnectionTest } from './run-connection-test.ts'
import { updateFtpClient } from './update.ts'

let database: TestDatabase
let server: GuardedServer
let ctx: TestContext
let home: TestWorkspace
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database, openRemote: (endpoint) => server.openRemote(endpoint) })
  home = await testWorkspace(ctx)
})
afterAll(() => database[Symbol.asyncDispose]())
let directory = ''
let made = 0
beforeEach(() => {
  ctx.queue.length = 0
  server = guardedServer()
  directory = `/data/${++made}`
  server.put(`${directory}/old.txt`, 'of the customer')
})

const handlers: JobHandlers = { 'connection_test.run': (context, key) => runConnectionTest(context, key) }
const fault = (code: string) => expect.objectContaining({ code })
const body = (fields: Record<string, unknown> = {}) => newClient(home.workspaceId, { baseDirectory: directory, ...fields })

async function tested(input: Record<string, unknown>) {
  const { id, status } = await startConnectionTest.run(home.admin, input)
  expect(status).toBe('queued')
  await ctx.drain(handlers)
  return getConnectionTest.run(home.admin, { id })
}
type Tested = Awaited<ReturnType<typeof tested>>
const statusesOf = ({ checks }: Tested) => [checks.connection?.status, checks.permissions?.status, checks.directories?.status]
const failedOf = ({ checks }: Tested) =>
  Object.values(checks).flatMap((check) => check?.steps.filter((step) => step.status === 'failed') ?? [])

const secretsOf = async (id: string) => (await database.owner.query('select field from sealed_secrets where owner_id = $1', [id])).rows

test('a good server passes all three checks, step by step', async () => {
  const result = await tested(body())
  expect(result.status).toBe('passed')
  const steps = Object.values(result.checks).map((check) => check?.steps.map((step) => step.name))
  expect(steps).toEqual([
    ['resolve', 'allow', 'connect', 'host_key', 'login'],
    ['enter', 'list', 'write', 'read_back', 'remove'],
    ['make_tree', ...gst.actions.map(({ key }) => `move_probe:${key}`), 'publish_probe', 'remove_probes'],
  ])
})

test('it leaves the folder tree and nothing else', async () => {
  await tested(body())
  expect(server.paths()).toEqual([`${directory}/old.txt`])
  const tree = (await server.open().list(`${directory}/CLEARTAX/UPLOAD_SALES/INPUT`)).entries.map((entry) => entry.name)
  expect(tree.sort()).toEqual(['FAILED', 'INIT', 'PROCESSED', 'PROCESSING'])
})

test('a host key that nobody accepted is shown, and the test goes on', async () => {
  const result = await tested(body())
  expect(result.observedHostKey).toEqual({ ...server.hostKey, trusted: false })
  expect(server.logins).toHaveLength(1)
})

test('an accepted host key is shown as trusted', async () => {
  const result = await tested(body({ trustedHostKeys: [fingerprint('a')] }))
  expect(result).toMatchObject({ status: 'passed', observedHostKey: { trusted: true } })
})

test('with another host key than the accepted one no password is sent', async () => {
  const result = await tested(body({ trustedHostKeys: [fingerprint('b')] }))
  expect(statusesOf(result)).toEqual(['failed', 'skipped', 'skipped'])
  expect(failedOf(result)).toMatchObject([{ name: 'host_key', code: 'remote.host_key_changed' }])
  expect(result.observedHostKey).toEqual({ ...server.hostKey, trusted: false })
  expect(server.logins).toEqual([])
})

test('a wrong password is tried once, and what follows is skipped', async () => {
  const result = await tested(body({ password: 'wrong' }))
  expect(result.checks.connection?.steps.map((step) => step.status)).toEqual(['passed', 'passed', 'passed', 'passed', 'failed'])
  expect(failedOf(result)).toMatchObject([{ name: 'login', code: 'remote.login_refused', hint: expect.stringContaining('lotus') }])
  expect(result.checks.permissions).toMatchObject({
    status: 'skipped',
    steps: expect.arrayContaining([{ name: 'write', status: 'skipped' }]),
  })
  expect(result.observedHostKey?.trusted).toBe(false)
  expect(server.logins).toHaveLength(1)
})

test.each([
  ['remote.name_not_resolved', 'resolve'],
  ['remote.address_not_allowed', 'allow'],
  ['remote.connect_failed', 'connect'],
  ['remote.no_common_algorithm', 'host_key'],
  ['remote.timed_out', 'host_key'],
  ['remote.sftp_refused', 'login'],
] as const)('%s is a failure to %s, with what to tell the IT team', async (code, step) => {
  server.openRemote = async () => {
    throw remoteFault(code)
  }
  const result = await tested(body())
  expect(failedOf(result)).toMatchObject([{ name: step, code, message: expect.any(String), hint: expect.stringMatching(/./) }])
  expect(result.status).toBe('failed')
})

test.each([
  ['list', 'list', 'remote.permission_denied'],
  ['write', 'write', 'remote.permission_denied'],
  ['read', 'read_back', 'remote.permission_denied'],
  ['remove', 'remove', 'remote.operation_failed'],
] as const)('a base directory without %s fails the permissions at %s', async (operation, step, code) => {
  server.interrupt = (at) => {
    if (at.operation === operation && at.moment === 'before') throw remoteFault(code, { path: at.path })
  }
  const result = await tested(body())
  expect(statusesOf(result)).toEqual(['passed', 'failed', 'skipped'])
  expect(failedOf(result)).toMatchObject([{ name: step, code, hint: expect.stringMatching(/lotus/) }])
})

test('a base directory that is not there fails at the door', async () => {
  const result = await tested(body({ baseDirectory: '/nowhere' }))
  expect(failedOf(result)).toMatchObject([{ name: 'enter', code: 'remote.not_found', hint: expect.stringContaining('/nowhere') }])
})

test.each([
  ['makeDirectory', /CLEARTAX$/, 'make_tree'],
  ['move', /INIT/, 'move_probe:upload_sales'],
  ['move', /SUCCESS/, 'publish_probe'],
] as const)('refused to %s at %s, the directories fail at %s and no probe is left', async (operation, path, step) => {
  server.interrupt = (at) => {
    if (at.operation === operation && path.test(at.path) && at.moment === 'before')
      throw remoteFault('remote.permission_denied', { path: at.path })
  }
  const result = await tested(body())
  expect(statusesOf(result)).toEqual(['passed', 'passed', 'failed'])
  expect(failedOf(result)).toMatchObject([{ name: step, code: 'remote.permission_denied' }])
  expect(server.paths()).toEqual([`${directory}/old.txt`])
})

test('folders that we export into are made, and a file is published in each', async () => {
  server.interrupt = (at) => {
    if (at.operation === 'move' && at.path.includes('/exports/enquiries/') && at.moment === 'before')
      throw remoteFault('remote.permission_denied', { path: at.path })
  }
  const broker = body({ product: 'ratebooks' })
  expect(failedOf(await tested(broker))).toMatchObject([{ name: 'publish_probe', code: 'remote.permission_denied' }])
  server.interrupt = undefined
  expect((await tested(broker)).status).toBe('passed')
  const made = (await server.open().list(`${directory}/exports`)).entries.map((entry) => entry.name)
  expect(made.sort()).toEqual(['enquiries', 'users'])
  expect(server.paths()).toEqual([`${directory}/old.txt`])
})

test('a session lost on the way fails that step', async () => {
  server.interrupt = (at) => {
    if (at.operation === 'move' && at.moment === 'after') throw remoteFault('remote.connection_lost')
  }
  expect(failedOf(await tested(body()))).toMatchObject([{ name: 'move_probe:upload_sales', code: 'remote.connection_lost' }])
})

test('the secrets of an unsaved client are gone when the test has ended', async () => {
  const { id } = await startConnectionTest.run(home.admin, body())
  expect(await secretsOf(id)).toEqual([{ field: 'password' }])
  await ctx.drain(handlers)
  expect(await secretsOf(id)).toEqual([])
})

test('a saved client is tested with its own secret, which is never typed again', async () => {
  const { id } = await createFtpClient.run(home.admin, body())
  expect(await tested({ ftpClientId: id })).toMatchObject({ status: 'passed', ftpClientId: id })
  expect(server.logins).toEqual([{ host: 'sftp.example.com', username: 'lotus', password: 'right' }])
})

test('a stored secret is not tried on another host', async () => {
  const { id } = await createFtpClient.run(home.admin, body())
  const elsewhere = startConnectionTest.run(home.admin, { ftpClientId: id, host: 'evil.example.com' })
  await expect(elsewhere).rejects.toMatchObject({ details: { errors: [{ pointer: '/host' }] } })
})

test('a client that changed after the test was asked for is not tested, and nothing is sent', async () => {
  const client = await createFtpClient.run(home.admin, body())
  const { id } = await startConnectionTest.run(home.admin, { ftpClientId: client.id })
  await updateFtpClient.run(home.admin, { id: client.id, expectedVersion: 1, host: 'new.example.com', password: 'new' })
  await ctx.drain(handlers)
  const result = await getConnectionTest.run(home.admin, { id })
  expect(failedOf(result)).toMatchObject([{ code: 'connection_test.configuration_changed' }])
  expect(server.logins).toEqual([])
})

test('a test that is run twice is done once', async () => {
  const { id } = await startConnectionTest.run(home.admin, body())
  const run = () => runConnectionTest(ctx, { workspaceId: home.workspaceId, connectionTestId: id })
  await Promise.all([run(), run()])
  await run()
  expect(server.logins).toHaveLength(1)
})

test('a test whose worker is gone ends as failed, and its secrets with it', async () => {
  const { id } = await startConnectionTest.run(home.admin, body())
  await database.owner.query(
    "update connection_tests set status = 'running', started_at = clock_timestamp() - interval '1 minute' where id = $1",
    [id],
  )
  const run = (silentMs: number) => runConnectionTest(ctx, { workspaceId: home.workspaceId, connectionTestId: id }, { silentMs })
  await run(120_000)
  expect((await getConnectionTest.run(home.admin, { id })).status).toBe('running')
  await run(30_000)
  const result = await getConnectionTest.run(home.admin, { id })
  expect(failedOf(result)).toMatchObject([{ code: 'connection_test.interrupted' }])
  expect(await secretsOf(id)).toEqual([])
})

test('a bug on our side ends the test as well', async () => {
  server.openRemote = async () => {
    throw new TypeError('a bug')
  }
  const { id } = await startConnectionTest.run(home.admin, body())
  await expect(ctx.drain(handlers)).rejects.toThrow('a bug')
  expect(failedOf(await getConnectionTest.run(home.admin, { id }))).toMatchObject([{ code: 'connection_test.broken_off' }])
})

test('secrets that cannot be opened end the test, and those of an unsaved client are forgotten', async () => {
  const { id } = await startConnectionTest.run(home.admin, body())
  const blind = { ...ctx, secrets: makeSecrets(parseKeyring(generateKeyring())) }
  await runConnectionTest(blind, { workspaceId: home.workspaceId, connectionTestId: id })
  expect(failedOf(await getConnectionTest.run(home.admin, { id }))).toMatchObject([{ name: 'start', code: 'secrets.cannot_open' }])
  expect(await secretsOf(id)).toEqual([])
})

test('a test that a stopping worker broke off is run by another one, and nobody is told of a failure', async () => {
  const client = await createFtpClient.run(home.admin, body())
  const { id } = await startConnectionTest.run(home.admin, { ftpClientId: client.id })
  ctx.queue.length = 0
  const stopping = new AbortController()
  server.interrupt = (at) => {
    if (at.operation !== 'move') return
    stopping.abort()
    throw remoteFault('remote.connection_lost')
  }
  await runConnectionTest(ctx, { workspaceId: home.workspaceId, connectionTestId: id }, { signal: stopping.signal })
  expect(await getConnectionTest.run(home.admin, { id })).toMatchObject({ status: 'queued', checks: {} })
  expect(ctx.queue.map((job) => job.name)).toEqual(['connection_test.run'])
  server.interrupt = () => {}
  await ctx.drain(handlers)
  expect(await getConnectionTest.run(home.admin, { id })).toMatchObject({ status: 'passed' })
})

test('a test that had come to its end when its worker was stopped has ended', async () => {
  const { id } = await startConnectionTest.run(home.admin, body())
  await runConnectionTest(ctx, { workspaceId: home.workspaceId, connectionTestId: id }, { signal: AbortSignal.abort() })
  expect(await getConnectionTest.run(home.admin, { id })).toMatchObject({ status: 'passed' })
})

test('a server that answers each request, but never comes to the end, fails at the step it was in', async () => {
  server.interrupt = (at) => (at.operation === 'move' ? new Promise(() => {}) : undefined)
  const { id } = await startConnectionTest.run(home.admin, body())
  await runConnectionTest(ctx, { workspaceId: home.workspaceId, connectionTestId: id }, { stepsMs: 50, cleanUpMs: 1000 })
  const result = await getConnectionTest.run(home.admin, { id })
  expect(failedOf(result)).toMatchObject([{ name: 'move_probe:upload_sales', code: 'remote.timed_out' }])
  expect(server.paths()).toEqual([`${directory}/old.txt`])
})

test('cleaning up after a failed step takes its time and no more', async () => {
  server.interrupt = (at) => {
    if (at.operation === 'write') throw remoteFault('remote.permission_denied', { path: at.path })
    return at.operation === 'remove' ? new Promise(() => {}) : undefined
  }
  const { id } = await startConnectionTest.run(home.admin, body())
  await runConnectionTest(ctx, { workspaceId: home.workspaceId, connectionTestId: id }, { cleanUpMs: 50 })
  expect(failedOf(await getConnectionTest.run(home.admin, { id }))).toMatchObject([{ name: 'write' }])
})

test('a living test ends before others take its worker for gone', () => {
  // Opening twice, at the longest, and the last look into what is left.
  const { connectMs, loginMs, closeMs } = remoteLimits
  const { stepsMs, cleanUpMs, silentMs } = connectionTestLimits
  const longest = Math.max(stepsMs, 2 * (connectMs + loginMs)) + cleanUpMs + 2 * closeMs
  expect(longest).toBeLessThan(silentMs)
})

test('a test that waited for more than a day ends as failed, and its secrets with it', async () => {
  const { id } = await startConnectionTest.run(home.admin, body())
  await database.owner.query("update connection_tests set created_at = created_at - interval '25 hours' where id = $1", [id])
  await ctx.drain(handlers)
  expect(failedOf(await getConnectionTest.run(home.admin, { id }))).toMatchObject([{ code: 'connection_test.expired' }])
  expect(await secretsOf(id)).toEqual([])
  expect(server.logins).toEqual([])
})

test('people of another product or workspace neither start nor see a test', async () => {
  const { id: ftpClientId } = await createFtpClient.run(home.admin, body())
  const { id } = await startConnectionTest.run(home.admin, { ftpClientId })
  const other = await home.productAdmin(['max_itc'])
  const stranger = (await testWorkspace(ctx)).admin
  for (const context of [other, stranger]) {
    await expect(startConnectionTest.run(context, { ftpClientId })).rejects.toEqual(fault('ftp_client.not_found'))
    await expect(getConnectionTest.run(context, { id })).rejects.toEqual(fault('connection_test.not_found'))
  }
  await expect(startConnectionTest.run(other, body())).rejects.toEqual(fault('access.not_permitted'))
})
