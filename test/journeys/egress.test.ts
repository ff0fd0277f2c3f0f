import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { activateFtpClient } from '@drayage/core/ftp-clients/activate'
import { getConnectionTest, startConnectionTest } from '@drayage/core/ftp-clients/connection-test'
import { createFtpClient } from '@drayage/core/ftp-clients/create'
import { getFtpClient } from '@drayage/core/ftp-clients/read'
import { runConnectionTest } from '@drayage/core/ftp-clients/run-connection-test'
import { createEgress, type EgressOptions } from '@drayage/core/remotes/egress'
import { openRemote } from '@drayage/core/remotes/open-remote'
import { remoteLimits } from '@drayage/core/remotes/remote'
import { type TestContext, testContext } from '@drayage/core/testing/context'
import { newClient } from '@drayage/core/testing/new-client'
import { type TestWorkspace, testWorkspace } from '@drayage/core/testing/people'
import { pollClient } from '@drayage/core/transfers/poll'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterFailure } from '@drayage/worker/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { missingOpenSsh, startOpenSsh } from '../servers/openssh.ts'

/** Whatever a customer calls it, nobody inside the network of the service ever hears from a client. */

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

/** Those whose sessions go out through the guard, with these settings of it. */
async function guarded(options: EgressOptions): Promise<{ ctx: TestContext; home: TestWorkspace }> {
  const egress = createEgress(options)
  const ctx = testContext({ database, openRemote: (endpoint) => openRemote({ endpoint, egress, limits: remoteLimits }) })
  return { ctx, home: await testWorkspace(ctx) }
}

/** Somebody inside, who counts who calls. */
async function listenInside(host: string, at = 0): Promise<{ port: number; callers(): number } & Disposable> {
  let callers = 0
  const server = createServer((socket) => {
    callers++
    socket.on('error', () => {}).end('SSH-2.0-inside\r\n')
  })
  server.listen(at, host)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, callers: () => callers, [Symbol.dispose]: () => void server.close() }
}

const spellings = `localhost LOCALHOST localhost. localhost.localdomain LocalHost.LocalDomain ip6-localhost ip6-loopback a.localhost
  127.0.0.1 127.0.0.1. 127.1 127.0.1 127.1.2.3 127.255.255.254 0 0.0.0.0 0.0 0x0 00 0177.0.0.1 0177.1 00177.0.0.01 0x7f.0.0.1 0x7F.1 0x7f.0x1
  0x7f000001 0X7F000001 0x0000007f000001 2130706433 2130706434 017700000001 0017700000001 127.0x0.0.1 127.00.00.01 127。0。0。1 127｡0｡0｡1
  １２７.0.0.1 ①②⑦.0.0.1 ⑫７.0.0.1 ⓛocalhost ｌｏｃａｌｈｏｓｔ loc\u00adalhost ::1 [::1] ::0001 0:0:0:0:0:0:0:1 0000:0000:0000:0000:0000:0000:0000:0001 :: [::]
  ::ffff:127.0.0.1 [::ffff:127.0.0.1] ::ffff:7f00:1 ::FFFF:7F00:0001 ::ffff:0:127.0.0.1 ::127.0.0.1 ::7f00:1 64:ff9b::127.0.0.1 64:ff9b::7f00:1
  64:ff9b:1::7f00:1 2002:7f00:1:: 2002:7f00:0001::1 fe80::1%lo ::1%lo 127.0.0.1%00 127.0.0.1/8 user@127.0.0.1 127.0.0.1#@example.com
  http://127.0.0.1 127.0.0.1:22`.split(/\s+/)

/** What the system itself is called, and its addresses where they are not public. */
const ownNames = [hostname(), ...Object.values(networkInterfaces()).flatMap((those = []) => those.map(({ address }) => address))].filter(
  (name) => /^(10|127|172|192\.168|169\.254|fe80|fc|fd|::1)/.test(name) || name === hostname(),
)

test(`no one of ${spellings.length} spellings leads a connection test inside`, async () => {
  using inside = await listenInside('::')
  const { ctx, home } = await guarded({})
  const asked = await Promise.all(
    [...spellings, ...ownNames].map(async (host) => {
      const body = newClient(home.workspaceId, { host, port: inside.port })
      const started = await startConnectionTest.run(home.admin, body).catch(({ details }) => details.errors)
      return { host, refused: Array.isArray(started) ? started : undefined, id: started.id as string }
    }),
  )
  await Promise.all(ctx.queue.map((job) => job.name === 'connection_test.run' && runConnectionTest(ctx, job.payload)))
  for (const { host, refused, id } of asked) {
    if (refused !== undefined) {
      expect([host, refused]).toEqual([host, [expect.objectContaining({ pointer: '/host' })]])
      continue
    }
    const { status, checks } = await getConnectionTest.run(home.admin, { id })
    const codes = checks.connection?.steps.map(({ code }) => code).filter((code) => code !== undefined)
    expect([host, status, codes]).toEqual([host, 'failed', [expect.stringMatching(/^remote\.(address_not_allowed|name_not_resolved)$/)]])
  }
  expect(asked.filter(({ refused }) => refused === undefined).length).toBeGreaterThan(30)
  expect(inside.callers()).toBe(0)

  // Somebody is there to be heard, and hears from who may call.
  const allowed = await guarded({ allowCidrs: ['127.0.0.0/8'] })
  await startConnectionTest.run(allowed.home.admin, newClient(allowed.home.workspaceId, { host: '127.0.0.1', port: inside.port }))
  await allowed.ctx.drain({ 'connection_test.run': (context, key) => runConnectionTest(context, key) })
  expect(inside.callers()).toBe(1)
})

test.skipIf(missingOpenSsh() !== undefined)('a name that leads inside once it has been checked leads nowhere', async () => {
  await using server = await startOpenSsh()
  const { port, username, privateKey, trustedHostKeys } = server.endpoint
  using inside = await listenInside('127.0.0.2', port)
  let answers: string[] = []
  // One answer good and the next one not, as a name server of a customer may well give them; the good one may be called.
  const resolve = async () => [answers.shift() ?? '127.0.0.2']
  const { ctx, home } = await guarded({ allowCidrs: ['127.0.0.1/32'], resolve, failureMs: 0 })
  const where = {
    host: 'files.example.com',
    port,
    username,
    privateKey,
    password: undefined,
    trustedHostKeys,
    baseDirectory: server.directory,
  }
  const client = await createFtpClient.run(home.admin, newClient(home.workspaceId, where))
  const key = { workspaceId: home.workspaceId, ftpClientId: client.id }

  answers = ['127.0.0.1']
  const { id } = await startConnectionTest.run(home.admin, { ftpClientId: client.id })
  await ctx.drain({ 'connection_test.run': (context, job) => runConnectionTest(context, job) })
  expect(await getConnectionTest.run(home.admin, { id })).toMatchObject({ status: 'passed' })
  await activateFtpClient.run(home.admin, { id: client.id, connectionTestId: id, acceptHostKey: trustedHostKeys[0] })

  // From now on it leads inside: every look is refused, and nobody is called.
  expect(answers).toEqual([])
  await pollClient(ctx, key, { worker: 'a worker', signal: new AbortController().signal, afterFailure })
  const again = await startConnectionTest.run(home.admin, { ftpClientId: client.id })
  await ctx.drain({ 'connection_test.run': (context, job) => runConnectionTest(context, job) })
  expect(await getConnectionTest.run(home.admin, { id: again.id })).toMatchObject({ status: 'failed' })
  expect(await getFtpClient.run(home.admin, { id: client.id })).toMatchObject({ attention: { code: 'remote.address_not_allowed' } })
  expect(inside.callers()).toBe(0)
})
