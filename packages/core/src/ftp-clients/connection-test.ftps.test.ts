import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FtpServer } from '../../../../test/servers/ftp-server.ts'
import { missingProftpd, startProftpd } from '../../../../test/servers/proftpd.ts'
import { createEgress } from '../remotes/egress.ts'
import { openRemote } from '../remotes/open-remote.ts'
import { remoteLimits } from '../remotes/remote.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { newClient } from '../testing/new-client.ts'
import { type TestWorkspace, testWorkspace } from '../testing/people.ts'
import { activateFtpClient } from './activate.ts'
import { getConnectionTest, startConnectionTest } from './connection-test.ts'
import { createFtpClient } from './create.ts'
import { runConnectionTest } from './run-connection-test.ts'
import { updateFtpClient } from './update.ts'

describe.skipIf(missingProftpd() !== undefined)('against ProFTPD with explicit TLS', () => {
  let database: TestDatabase
  let server: FtpServer
  let ctx: TestContext
  let home: TestWorkspace
  let directory = ''
  let made = 0
  beforeAll(async () => {
    database = await testDatabase()
    server = await startProftpd({ encryption: 'explicit' })
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
    const { host, port, username, password } = server.endpoint
    const encryption = { protocol: 'ftps', tlsMode: 'explicit' }
    return newClient(home.workspaceId, { host, port, username, password, baseDirectory: directory, ...encryption, ...fields })
  }
  async function tested(input: Record<string, unknown>) {
    const { id } = await startConnectionTest.run(home.admin, input)
    await ctx.drain({ 'connection_test.run': (context, key) => runConnectionTest(context, key) })
    return getConnectionTest.run(home.admin, { id })
  }
  const failedOf = ({ checks }: Awaited<ReturnType<typeof tested>>) =>
    Object.values(checks).flatMap((check) => check?.steps.filter((step) => step.status === 'failed') ?? [])

  test('a certificate that nobody vouches for is shown, and once it is accepted the client passes and is activated', async () => {
    const client = await createFtpClient.run(home.admin, body())
    const first = await tested({ ftpClientId: client.id })
    expect(failedOf(first)).toMatchObject([{ code: 'remote.certificate_untrusted' }])
    expect(first.observedCertificate).toMatchObject({ trusted: false, pem: expect.stringContaining('BEGIN CERTIFICATE') })
    const trustedCertificate = first.observedCertificate?.pem
    const expectedVersion = client.version
    await updateFtpClient.run(home.admin, { id: client.id, expectedVersion, trustedCertificate, password: server.endpoint.password })
    const second = await tested({ ftpClientId: client.id })
    expect(failedOf(second)).toEqual([])
    expect(second).toMatchObject({ status: 'passed', observedCertificate: { trusted: true } })
    const active = await activateFtpClient.run(home.admin, { id: client.id, connectionTestId: second.id })
    expect(active).toMatchObject({ status: 'active', trustedCertificate })
    const there = await readdir(directory, { recursive: true, withFileTypes: true })
    expect(there.filter((entry) => entry.isFile())).toEqual([])
    expect(there.map((entry) => join(entry.parentPath, entry.name))).toContain(join(directory, 'CLEARTAX/UPLOAD_SALES/INPUT/INIT'))
  })

  test('a wrong password fails the log-in, over the certificate that was accepted', async () => {
    const { trustedCertificate } = server.endpoint
    expect(failedOf(await tested(body({ trustedCertificate, password: 'wrong' })))).toMatchObject([
      { name: 'login', code: 'remote.login_refused' },
    ])
  })
})
