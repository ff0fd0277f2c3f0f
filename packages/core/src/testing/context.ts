import type { Client, Database, DatabaseRole, Transaction } from '@drayage/db/connect'
import type { TestDatabase } from '@drayage/db/testing'
import type { Actor } from '../access/actor.ts'
import type { Credentials } from '../access/credentials.ts'
import type { Context, MailMessage, Settings } from '../context.ts'
import type { JobName, Jobs } from '../jobs.ts'
import { generateKeyring, parseKeyring } from '../keyring.ts'
import { type MemoryServer, memoryServer } from '../remotes/memory.ts'
import { makeSecrets } from '../secrets.ts'

/**
 * A Context over the real test database, with fakes where a test must see or steer: the clock, the mailbox, the queue
 * and the remote. The database is what the service has of it that serves the actor: a worker the system, the API
 * everybody else. Closed together with the database.
 */
export type TestContext = Context & {
  /** Set it to move the business date. The database's clock is the real one. */
  clock: { now: Date }
  /** What was mailed, oldest first. */
  mailbox: MailMessage[]
  /** What was asked for by transactions that committed, oldest first. */
  queue: QueuedJob[]
  /** Every session that `openRemote` opens is one with this server, whatever the endpoint. */
  server: MemoryServer
  /** The same on behalf of somebody else. */
  as(actor: Actor): TestContext
  /** Runs queued jobs one after the other, those they ask for as well, until none is left. A job without handler stays out. */
  drain(handlers: JobHandlers): Promise<void>
}

export type QueuedJob = { [Name in JobName]: { name: Name; payload: Jobs[Name] } }[JobName]
export type JobHandlers = { [Name in JobName]?: (ctx: Context, payload: Jobs[Name]) => Promise<unknown> }

export type TestContextOptions = {
  database: TestDatabase
  actor?: Actor
  now?: Date
  settings?: Partial<Settings>
  openRemote?: Context['openRemote']
  mail?: Context['mail']
  secrets?: Context['secrets']
  credentials?: Credentials
}

export function testContext(options: TestContextOptions): TestContext {
  const server = memoryServer()
  const clock = { now: options.now ?? new Date('2026-07-15T06:30:00Z') }
  const mailbox: MailMessage[] = []
  const queue: QueuedJob[] = []
  // Jobs of a transaction that is still open, so that one rolled back leaves none.
  const asked = new WeakMap<Client, QueuedJob[]>()
  const keep = async <T>(transaction: Transaction, work: (transaction: Transaction) => Promise<T>): Promise<[T, QueuedJob[]]> => {
    const jobs: QueuedJob[] = []
    asked.set(transaction.client, jobs)
    return [await work(transaction), jobs]
  }
  const openAs = (role: DatabaseRole): Database => {
    const inner = options.database.as(role, { connections: 6 })
    return {
      ...inner,
      inWorkspace: async (ids, work) => {
        const [result, jobs] = await inner.inWorkspace(ids, (transaction) => keep(transaction, work))
        queue.push(...jobs)
        return result
      },
      sweep: async (work) => {
        const [result, jobs] = await inner.sweep((transaction) => keep(transaction, work))
        queue.push(...jobs)
        return result
      },
    }
  }
  const databases = { worker: openAs('drayage_worker'), api: openAs('drayage_api') }
  const whoServes = (actor: Actor) => ({ actor, db: actor.kind === 'system' ? databases.worker : databases.api })
  const quiet = () => {}
  const context: TestContext = {
    ...whoServes(options.actor ?? { kind: 'system', name: 'test' }),
    as: (actor) => ({ ...context, ...whoServes(actor) }),
    now: () => clock.now,
    enqueue: async (transaction, name, payload) => {
      const jobs = asked.get(transaction.client)
      if (jobs === undefined) throw new Error(`${name} was asked for outside a transaction of this context`)
      jobs.push({ name, payload } as QueuedJob)
    },
    server,
    openRemote: options.openRemote ?? (async () => ({ remote: server.open(), hostKey: memoryHostKey })),
    mail: async (message) => {
      await options.mail?.(message)
      mailbox.push(message)
    },
    secrets: options.secrets ?? makeSecrets(parseKeyring(generateKeyring())),
    ...(options.credentials && { credentials: options.credentials }),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    settings: { ...testSettings, ...options.settings },
    clock,
    mailbox,
    queue,
    drain: async (handlers) => {
      for (let at = 0; at < queue.length; ) {
        const job = queue[at] as QueuedJob
        const handler = handlers[job.name] as ((ctx: Context, payload: QueuedJob['payload']) => Promise<unknown>) | undefined
        if (handler === undefined) at++
        else {
          queue.splice(at, 1)
          await handler(context, job.payload)
        }
      }
    },
  }
  return context
}

const memoryHostKey = { type: 'ssh-ed25519', fingerprint: 'SHA256:in-memory', trusted: true }

export const testSettings: Settings = {
  environment: 'sandbox',
  rootFolder: 'CLEARTAX',
  maxFileBytes: 1024 ** 3,
  retentionDays: 90,
  leaseMs: 2000,
  mailFrom: 'drayage@example.com',
}
