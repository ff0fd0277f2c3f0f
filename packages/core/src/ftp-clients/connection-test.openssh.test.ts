import { chmod, mkdir, readdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { missingOpenSsh, type OpenSsh, startOpenSsh } from '../../../../test/servers/openssh.ts'
import { createEgress } from '../remotes/egress.ts'
import { openRemote } from '../remotes/open-remote.ts'
import { remoteLimits } from '../remotes/remote.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { fingerprint } from '../testing/guarded-server.ts'
import { newClient } from '../testing/new-client.ts'
import { type TestWorkspace, testWorkspace } from '../testing/people.ts'
import { activateFtpClient } from './activate.ts'
import { getConnectionTest, startConnectionTest } from './connection-test.ts'
import { createFtpClient } from './create.ts'
import { runConnectionTest } from './run-connection-test.ts'

describe.skipIf(missingOpenSsh() !== undefined)('against OpenSSH', () => {
  let database: TestDatabase
  let server: OpenSsh
  let ctx: TestContext
  let home: TestWorkspace
  let directory = ''
  let made = 0
  beforeAll(async () => {
    database = await testDatabase()
    server = await startOpenSsh()
    const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], failureMs: 0 })
    ctx = testContext({ database, openRemote: (endpoint) => openRemote({ endpoint, egress, limits: remoteLimits }) })
    home = await testWorkspace(ctx)
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    directory = join(server.directory, String(++made))
    await mkdir(directory)
    await chmod(directory, 0o777)
  })

  const body = (fields: Record<string, unknown> = {}) => {
    const { host, port, username, privateKey } = server.endpoint
    return newClient(home.workspaceId, { host, port, username, privateKey, password: undefined, baseDirectory: directory, ...fields })
  }
  async function tested(input: Record<string, unknown>) {
    const { id } = await startConnectionTest.run(home.admin, input)
    await ctx.drain({ 'connection_test.run': (context, key) => runConnectionTest(context, key) })
    return getConnectionTest.run(home.admin, { id })
  }
  const failedOf = ({ checks }: Awaited<ReturnType<typeof tested>>) =>
    Object.values(checks).flatMap((check) => check?.steps.filter((step) => step.status === 'failed') ?? [])

  test('a client is tested, its host key accepted, and activated; the tree is there and nothing in it', async () => {
    const client = await createFtpClient.run(home.admin, body())
    const result = await tested({ ftpClientId: client.id })
    expect(failedOf(result)).toEqual([])
    const [hostKey] = server.endpoint.trustedHostKeys
    expect(result).toMatchObject({ status: 'passed', observedHostKey: { type: 'ssh-ed25519', fingerprint: hostKey, trusted: false } })
    const connectionTestId = result.id
    const active = await activateFtpClient.run(home.admin, { id: client.id, connectionTestId, acceptHostKey: hostKey })
    expect(active).toMatchObject({ status: 'active', trustedHostKeys: [hostKey] })
    const there = await readdir(directory, { recursive: true, withFileTypes: true })
    expect(there.filter((entry) => entry.isFile())).toEqual([])
    expect(there.map((entry) => join(entry.parentPath, entry.name))).toContain(join(directory, 'CLEARTAX/UPLOAD_SALES/INPUT/INIT'))
  })

  test('another host key than the accepted one stops before the log-in', async () => {
    const result = await tested(body({ trustedHostKeys: [fingerprint('x')] }))
    expect(failedOf(result)).toMatchObject([{ name: 'host_key', code: 'remote.host_key_changed' }])
    expect(result.observedHostKey).toMatchObject({ fingerprint: server.endpoint.trustedHostKeys[0], trusted: false })
  })

  test('a wrong password fails the log-in, and the host key is still shown', async () => {
    const result = await tested(body({ privateKey: undefined, password: 'wrong' }))
    expect(failedOf(result)).toMatchObject([{ name: 'login', code: 'remote.login_refused' }])
    expect(result.observedHostKey?.fingerprint).toBe(server.endpoint.trustedHostKeys[0])
  })

  test('a port where nobody listens fails to connect', async () => {
    expect(failedOf(await tested(body({ port: 1 })))).toMatchObject([{ name: 'connect', code: 'remote.connect_failed' }])
  })

  test.skipIf(userInfo().uid !== 0)('a directory that may be read and not written fails the permissions', async () => {
    await chmod(directory, 0o755)
    expect(failedOf(await tested(body()))).toMatchObject([
      { name: 'write', code: 'remote.permission_denied', hint: expect.stringContaining('CHMOD 744') },
    ])
  })

  test('a tree that cannot be moved in fails the directories', async () => {
    await tested(body())
    const claimed = join(directory, 'CLEARTAX/UPLOAD_SALES/INPUT/PROCESSING')
    await chmod(claimed, 0o555)
    expect(failedOf(await tested(body()))).toMatchObject([{ name: 'move_probe:upload_sales', code: 'remote.permission_denied' }])
  })
})
