import { newId } from '@drayage/core/id'
import { generateKeyring, parseKeyring } from '@drayage/core/keyring'
import type { Endpoint } from '@drayage/core/remotes/remote'
import { makeSecrets } from '@drayage/core/secrets'
import type { ActiveClientFields } from '@drayage/core/testing/active-client'
import { type TestContext, testContext } from '@drayage/core/testing/context'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { type OpenSsh, startOpenSsh } from '../../servers/openssh.ts'
import { startRelay, type TestRelay } from '../../servers/smtp.ts'
import { type Customer, newCustomer } from './customer.ts'
import { type Halt, startVictim, startWorkerProcess, type VictimOptions, type WorkerProcess } from './worker-process.ts'

/** A real server, and a folder on it that is the same for sessions and for tests. */
export type FileServer = AsyncDisposable & { endpoint: Endpoint; directory: string }

/** A database, a file server and a mail relay, all real, with customers and workers between them. */
export type Scene<Server extends FileServer = OpenSsh> = AsyncDisposable & {
  database: TestDatabase
  ctx: TestContext
  relay: TestRelay
  server: Server
  customer(fields?: ActiveClientFields): Promise<Customer>
  /** A worker for one customer, which gets a signal where it is told. Its database is the scene's, at `url` if given. */
  victim(customer: Customer, halt?: Halt, way?: Pick<VictimOptions, 'lost' | 'job'> & { url?: string }): WorkerProcess
  /** The worker as it is deployed, for every customer of the scene. */
  worker(): Promise<WorkerProcess>
}

/** @param options.database one of the run's own PostgreSQL if not given; closed with the scene */
export async function setScene(options: { leaseMs: number; database?: TestDatabase }): Promise<Scene> {
  return setSceneOn(await startOpenSsh(), options)
}

/** The same on another server, which is closed with it. */
export async function setSceneOn<Server extends FileServer>(
  running: Server,
  options: { leaseMs: number; database?: TestDatabase },
): Promise<Scene<Server>> {
  const { leaseMs } = options
  const stack = new AsyncDisposableStack()
  const server = stack.use(running)
  const database = stack.use(options.database ?? (await testDatabase()))
  const relay = stack.use(await startRelay())
  const keyring = generateKeyring()
  const ctx = testContext({ database, secrets: makeSecrets(parseKeyring(keyring)) })
  return {
    database,
    ctx,
    relay,
    server,
    customer: (fields) => newCustomer(ctx, server, fields),
    victim: ({ workspaceId, ftpClientId }, halt, { url = database.url, ...way } = {}) =>
      stack.use(
        startVictim({ url, keyring, smtpUrl: relay.url, client: { workspaceId, ftpClientId }, name: newId(), leaseMs, halt, ...way }),
      ),
    worker: async () =>
      stack.use(
        await startWorkerProcess({
          DATABASE_URL: database.url,
          ENVIRONMENT: 'sandbox',
          SECRETS_KEYRING: keyring,
          SMTP_URL: relay.url,
          MAIL_FROM: ctx.settings.mailFrom,
          EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
          LEASE_SECONDS: String(Math.ceil(leaseMs / 1000)),
        }),
      ),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
