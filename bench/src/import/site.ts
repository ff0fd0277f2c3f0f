import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '@drayage/core/context'
import { activateFtpClient } from '@drayage/core/ftp-clients/activate'
import { getConnectionTest, startConnectionTest } from '@drayage/core/ftp-clients/connection-test'
import { createFtpClient } from '@drayage/core/ftp-clients/create'
import { layoutOf } from '@drayage/core/imports/layout'
import { productOf } from '@drayage/core/imports/products/registry'
import { generateKeyring, parseKeyring } from '@drayage/core/keyring'
import { makeSecrets } from '@drayage/core/secrets'
import { testSettings } from '@drayage/core/testing/context'
import { setLicence } from '@drayage/core/workspaces/licences'
import { createWorkspace } from '@drayage/core/workspaces/workspaces'
import type { Database } from '@drayage/db/connect'
import { startEmbeddedPostgres } from '@drayage/db/embedded'
import { migrate } from '@drayage/db/migrate'
import { type Desk, openDesk } from '@drayage/standalone/desk'
import { startPracticeMailbox } from '@drayage/standalone/practice-mailbox'
import { type ServiceProcess, startService } from '@drayage/standalone/service-process'
import { workerFlags } from '@drayage/worker/node-flags'
import { prepareQueue } from '@drayage/worker/queue'
import type { Setting } from '../bench.ts'
import { profileFlags } from '../run-program.ts'
import { type SftpServer, startSftpServer } from '../sftp-server.ts'

/** An installation as operators run it, with one active FTP client; its workers are processes that a bench starts and ends. */
export type Site = AsyncDisposable & {
  databaseUrl: string
  db: Database
  server: SftpServer
  workspaceId: string
  ftpClientId: string
  /** The client's inbound folder of sales registers. */
  inbox: string
  startWorker(name: string): Promise<ServiceProcess>
  /** Throws what a worker that ended by itself said last. */
  throwIfCrashed(): void
}

const main = new URL(import.meta.resolve('@drayage/worker/main'))
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

export async function openSite(setting: Setting): Promise<Site> {
  const { workDir } = setting
  await using parts = new AsyncDisposableStack()
  const postgres = parts.use(await startEmbeddedPostgres({ dataDir: join(workDir, 'postgres') }))
  await migrate({ url: postgres.url, after: prepareQueue })
  const server = parts.use(await startSftpServer(setting))
  const mailbox = parts.use(await startPracticeMailbox({ folder: join(workDir, 'mails'), port: 0, onMail: () => {} }))
  const keyring = generateKeyring()
  const env = {
    ...process.env,
    DATABASE_URL: postgres.url,
    SECRETS_KEYRING: keyring,
    SMTP_URL: mailbox.url,
    MAIL_FROM: testSettings.mailFrom,
    ENVIRONMENT: testSettings.environment,
    ROOT_FOLDER: testSettings.rootFolder,
    EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
  }
  const logs = join(workDir, 'logs')
  await mkdir(logs)
  let crash: Error | undefined
  const startWorker = (name: string) => {
    const logFile = join(logs, `${name}.log`)
    const nodeFlags = [...workerFlags, ...profileFlags(setting.profileDir, name)]
    const onCrash = (message: string) => {
      crash ??= new Error(`${message}\n${readFileSync(logFile, 'utf8').slice(-2000)}`)
    }
    return startService({ name: 'worker', main, env, nodeFlags, compiledDir: join(workDir, 'compiled'), logFile, onCrash })
  }
  const secrets = makeSecrets(parseKeyring(keyring))
  const desk = parts.use(await openDesk({ databaseUrl: postgres.url, secrets, settings: testSettings, log: silent }))
  const client = await activeClient({ desk, server, startWorker })
  const running = parts.move()
  return {
    databaseUrl: postgres.url,
    db: desk.db,
    server,
    ...client,
    startWorker,
    throwIfCrashed: () => {
      if (crash !== undefined) throw crash
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** A client that looks every second and takes files without waiting for quiet, made as people make one. */
async function activeClient(
  parts: Pick<Site, 'server' | 'startWorker'> & { desk: Desk },
): Promise<Pick<Site, 'workspaceId' | 'ftpClientId' | 'inbox'>> {
  const { desk, server, startWorker } = parts
  const person = { email: 'operator@example.com', operator: true }
  const { host, port, username, privateKey, trustedHostKeys } = server.endpoint
  const [hostKey] = trustedHostKeys
  const operator = await desk.as(person)
  const { id: workspaceId } = await createWorkspace.run(operator, { name: 'Bench' })
  await setLicence.run(operator, { workspaceId, product: 'gst', validUntil: '2999-01-01T00:00:00Z' })
  // Whoever makes a workspace is its first administrator, from the next look at their memberships on.
  const ctx = await desk.as(person)
  const client = await createFtpClient.run(ctx, {
    ...{ workspaceId, product: 'gst', label: 'Bench', protocol: 'sftp', baseDirectory: server.directory },
    ...{ host, port, username, privateKey, trustedHostKeys, duplicatePolicy: 'process' },
    ...{ pollIntervalSeconds: 1, quietSeconds: 0, notificationEmails: ['bench@example.com'] },
  })
  await using _worker = await startWorker('connection-test')
  const { id } = await startConnectionTest.run(ctx, { ftpClientId: client.id })
  let test = await getConnectionTest.run(ctx, { id })
  for (; test.status === 'queued' || test.status === 'running'; test = await getConnectionTest.run(ctx, { id })) await pause(50)
  if (test.status === 'failed') throw new Error(`the connection test failed: ${JSON.stringify(test.checks)}`)
  await activateFtpClient.run(ctx, { id: client.id, connectionTestId: id, acceptHostKey: hostKey })
  const product = productOf('gst')
  const [inbox = ''] = product.actions.flatMap((action) => action.folders.inboxes).map(({ folder }) => folder)
  return { workspaceId, ftpClientId: client.id, inbox: layoutOf(product, client).path(inbox) }
}
