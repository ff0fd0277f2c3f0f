import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { makeOperator } from '@drayage/core/access/operator'
import type { Log } from '@drayage/core/context'
import { Fault } from '@drayage/core/faults'
import { makeSecrets } from '@drayage/core/secrets'
import type { Environment } from '@drayage/core/settings'
import type { Database } from '@drayage/db/connect'
import { freePort, startEmbeddedPostgres } from '@drayage/db/embedded'
import { migrate } from '@drayage/db/migrate'
import { workerFlags } from '@drayage/worker/node-flags'
import { prepareQueue } from '@drayage/worker/queue'
import { type Config, serviceEnvironment } from './config.ts'
import { holdDataFolder } from './data-folder.ts'
import { openDesk } from './desk.ts'
import { keptFile } from './kept-file.ts'
import { activatePracticeClient, type PracticeClient, type PracticeLogin, preparePracticeClient } from './practice-client.ts'
import { type ReceivedMail, startPracticeMailbox } from './practice-mailbox.ts'
import { startPracticeServer } from './practice-server.ts'
import { keptSample } from './sample.ts'
import { serviceKeys } from './service-keys.ts'
import { startService } from './service-process.ts'

/** The whole service in one process tree, with a customer's server and mailbox to practise on. */
export type Standalone = AsyncDisposable & {
  dataDir: string
  databaseUrl: string
  db: Database
  apiUrl: string
  /** The log-in of the operator, when this start made it. A password that was made up is kept nowhere. */
  operator?: { email: string; generatedPassword?: string }
  /** The practice server: log in and drop a file into `inbox`. Its `/` is `folder`. */
  practice: PracticeLogin & PracticeClient & { folder: string }
  /** A sales register of a few rows to begin with, some of them bad. */
  sample: string
  mailFolder: string
  logFolder: string
}

export type StandaloneOptions = {
  config: Config
  log: Log
  onMail(mail: ReceivedMail): void
  /** Something broke and is being put right. */
  onTrouble(message: string): void
}

const host = '127.0.0.1'
const worker = new URL(import.meta.resolve('@drayage/worker/main'))
const api = new URL(import.meta.resolve('@drayage/api/main'))

/**
 * Starts everything on `DATA_DIR`, anew or on what is there. Disposing stops it in good order.
 * Faults: `standalone.port_taken`, `standalone.already_running`, `standalone.practice_test_failed`.
 */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  const { config, log, onMail, onTrouble } = options
  await using parts = new AsyncDisposableStack()
  const dataDir = resolve(config.DATA_DIR)
  const at = (...names: string[]) => join(dataDir, ...names)
  parts.use(await holdDataFolder(dataDir))
  const port = await portOfApi(config)
  await mkdir(at('logs'), { recursive: true })

  const login = { username: 'practice', password: await keptFile(at('keys', 'practice-password'), () => randomBytes(5).toString('hex')) }
  const folders = { root: at('practice'), hostKeyFile: at('keys', 'practice-host-key') }
  const [databaseUrl, server, mailbox] = await Promise.all([
    config.DATABASE_URL ??
      startEmbeddedPostgres({ dataDir: at('postgres'), port: 5433, detached: true }).then((started) => parts.use(started).url),
    startPracticeServer({ ...folders, ...login, port: 2222 }).then((started) => parts.use(started)),
    startPracticeMailbox({ folder: at('mailbox'), port: 2525, onMail }).then((started) => parts.use(started)),
  ])
  await migrate({ url: databaseUrl, after: prepareQueue })

  const { env, ENVIRONMENT, MAIL_FROM, ROOT_FOLDER, MAX_FILE_BYTES, RETENTION_DAYS, LEASE_SECONDS } = config
  const settings = {
    environment: ENVIRONMENT,
    rootFolder: ROOT_FOLDER,
    maxFileBytes: MAX_FILE_BYTES,
    retentionDays: RETENTION_DAYS,
    leaseMs: LEASE_SECONDS * 1000,
    mailFrom: MAIL_FROM,
  }
  const common = serviceEnvironment(env, {
    DATABASE_URL: databaseUrl,
    ENVIRONMENT,
    MAIL_FROM,
    HOST: config.HOST,
    PORT: String(port),
    EGRESS_ALLOW_CIDRS: [...config.EGRESS_ALLOW_CIDRS, '127.0.0.0/8', '::1/128'].join(','),
    SMTP_URL: config.SMTP_URL ?? mailbox.url,
  })
  const { sealing, workerEnv, apiEnv } = await serviceKeys(config, { env: common, folder: at('keys') })
  const desk = parts.use(await openDesk({ databaseUrl, secrets: makeSecrets(sealing), settings, log }))
  const practice = { host, port: server.port, ...login, fingerprint: server.fingerprint }
  const client = await preparePracticeClient(desk, practice)

  const operator = await makeOperator(await desk.as({ email: 'operator@example.com', operator: true }), {
    email: config.BOOTSTRAP_EMAIL,
    password: config.BOOTSTRAP_PASSWORD,
  })
  const service = (name: string, main: URL, more: { env: Environment; nodeFlags?: readonly string[] }) =>
    startService({ name, main, compiledDir: at('compiled'), logFile: at('logs', `${name}.log`), onCrash: onTrouble, ...more }).then(
      (started) => parts.use(started),
    )
  await Promise.all([service('worker', worker, { env: workerEnv, nodeFlags: workerFlags }), service('api', api, { env: apiEnv })])
  await activatePracticeClient(desk, client, practice)

  const sample = await keptSample(at('sample-register.csv'))
  const running = parts.move()
  return {
    dataDir,
    databaseUrl,
    db: desk.db,
    ...(operator && { operator }),
    apiUrl: `http://${config.HOST}:${port}`,
    practice: { ...practice, ...client, folder: folders.root },
    sample,
    mailFolder: at('mailbox'),
    logFolder: at('logs'),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function portOfApi(config: Config): Promise<number> {
  const port = await freePort(config.PORT)
  if (config.PORT === 0 || port === config.PORT) return port
  throw new Fault('conflict', 'standalone.port_taken', `Port ${config.PORT} is taken. Stop what listens there, or set PORT to another one.`)
}
