import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '@drayage/core/context'
import { generateKeyring, parseKeyring } from '@drayage/core/keyring'
import { makeSecrets } from '@drayage/core/secrets'
import { testSettings } from '@drayage/core/testing/context'
import { startEmbeddedPostgres } from '@drayage/db/embedded'
import { migrate } from '@drayage/db/migrate'
import { type Desk, openDesk } from '@drayage/standalone/desk'
import { startPracticeMailbox } from '@drayage/standalone/practice-mailbox'
import { type ServiceProcess, startService } from '@drayage/standalone/service-process'
import { workerFlags } from '@drayage/worker/node-flags'
import { prepareQueue } from '@drayage/worker/queue'
import type { Setting } from './bench.ts'
import { profileFlags } from './run-program.ts'
import { type SftpServer, startSftpServer } from './sftp-server.ts'

/** An installation as operators run it, beside a customers' server; its workers are processes that a bench starts and ends. */
export type Installation = AsyncDisposable & {
  databaseUrl: string
  desk: Desk
  server: SftpServer
  startWorker(name: string, env?: Readonly<Record<string, string>>): Promise<ServiceProcess>
  /** Throws what a worker that ended by itself said last. */
  throwIfCrashed(): void
}

const main = new URL(import.meta.resolve('@drayage/worker/main'))
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

export async function openInstallation(setting: Setting): Promise<Installation> {
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
  const startWorker: Installation['startWorker'] = (name, more = {}) => {
    const logFile = join(logs, `${name}.log`)
    const nodeFlags = [...workerFlags, ...profileFlags(setting.profileDir, name)]
    const onCrash = (message: string) => {
      crash ??= new Error(`${message}\n${readFileSync(logFile, 'utf8').slice(-2000)}`)
    }
    return startService({
      name: 'worker',
      main,
      env: { ...env, ...more },
      nodeFlags,
      compiledDir: join(workDir, 'compiled'),
      logFile,
      onCrash,
    })
  }
  const secrets = makeSecrets(parseKeyring(keyring))
  const desk = parts.use(await openDesk({ databaseUrl: postgres.url, secrets, settings: testSettings, log: silent }))
  const running = parts.move()
  return {
    databaseUrl: postgres.url,
    desk,
    server,
    startWorker,
    throwIfCrashed: () => {
      if (crash !== undefined) throw crash
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
