import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Context, Log } from '@drayage/core/context'
import { enqueueFor } from '@drayage/core/jobs'
import { openMailer } from '@drayage/core/notifications/smtp'
import { createEgress } from '@drayage/core/remotes/egress'
import { openRemote } from '@drayage/core/remotes/open-remote'
import { type Endpoint, remoteLimits } from '@drayage/core/remotes/remote'
import { openSessions } from '@drayage/core/remotes/sessions'
import { openSlots } from '@drayage/core/remotes/slots'
import { makeSecrets } from '@drayage/core/secrets'
import { portRange } from '@drayage/core/settings'
import { connect } from '@drayage/db/connect'
import { leaveClients } from '@drayage/db/queries/due'
import type { Config } from './config.ts'
import { every } from './every.ts'
import { type JobCall, startJobLoop } from './job-loop.ts'
import { jobTable } from './jobs.ts'
import { openMetrics, serveMetrics } from './metrics.ts'
import { beginDueLooks, scanDue } from './poll-schedule.ts'
import { openQueue } from './queue.ts'
import { upkeep } from './upkeep.ts'

export type Worker = {
  /** Unique among all workers that ever ran: the holder of its leases. */
  name: string
  /** Takes nothing new, lets running steps end or aborts them after a while, gives everything back. */
  stop(): Promise<void>
}

const second = 1000
/**
 * Shorter than most servers' patience with idle sessions, and longer than most clients' interval by minutes: a worker that is
 * late would otherwise lose its sessions, and opening them again would make it later.
 */
const sessionIdleMs = 240 * second

/**
 * A worker, working. Any number of them share one database.
 *
 * @param options.drainMs how long a stop lets transfers finish before it breaks them off
 */
export async function startWorker(options: { config: Config; log: Log; drainMs?: number }): Promise<Worker> {
  const { config, log } = options
  const name = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
  const url = config.DATABASE_URL
  const queue = await openQueue({ url, role: 'drayage_worker', connections: 4, supervise: true, log })
  const metrics = openMetrics()
  const pool = connect({
    url,
    role: 'drayage_worker',
    // A transfer that imports holds one connection for long, and its lease is renewed over another.
    connections: 2 * config.WORKER_CONCURRENCY + 8,
    idleInTransactionMs: config.LEASE_SECONDS * second,
    onIdleError: (error) => log.debug({ err: error }, 'database: a connection broke'),
    onTransaction: metrics.transacted,
  })
  const db = queue.watch(pool, (names) => loop.wake(names))
  const egress = createEgress({ allowCidrs: config.EGRESS_ALLOW_CIDRS })
  const { ACTIVE_MODE_ADDRESS: activeAddress, ACTIVE_MODE_PORTS: ports } = config
  const active = activeAddress === undefined ? undefined : { address: activeAddress, ports: portRange(ports) }
  const open = (endpoint: Endpoint, signal: AbortSignal) => openRemote({ endpoint, egress, limits: remoteLimits, active, signal })
  const mailer = openMailer({ url: config.SMTP_URL, from: config.MAIL_FROM })
  const secrets = makeSecrets(config.SECRETS_KEYRING)
  const sessions = openSessions({
    slots: await openSlots({ db: pool, worker: name, leaseMs: config.LEASE_SECONDS * second }),
    openRemote: open,
    log,
    idleMs: sessionIdleMs,
    waitMs: second,
    idleLimit: config.WARM_SESSIONS,
    beatMs: second / 2,
  })
  const { METRICS_PORT: metricsPort } = config
  const watched =
    metricsPort === undefined ? undefined : await serveMetrics({ metrics, host: config.HOST, port: metricsPort, ping: () => pool.ping() })
  const contextOf = ({ signal, requestId }: JobCall): Context => ({
    db,
    actor: { kind: 'system', name },
    now: () => new Date(),
    ...(requestId !== undefined && { request: { id: requestId } }),
    enqueue: requestId === undefined ? queue.enqueue : enqueueFor(requestId, queue.enqueue),
    openRemote: (endpoint) => open(endpoint, signal),
    sessions,
    mail: mailer.mail,
    secrets,
    measures: metrics.measures,
    log: requestId === undefined ? log : logFor(requestId, log),
    settings: {
      environment: config.ENVIRONMENT,
      rootFolder: config.ROOT_FOLDER,
      maxFileBytes: config.MAX_FILE_BYTES,
      retentionDays: config.RETENTION_DAYS,
      leaseMs: config.LEASE_SECONDS * second,
      mailFrom: config.MAIL_FROM,
      publicUrl: config.PUBLIC_URL,
    },
  })
  const loop = startJobLoop({
    boss: queue.boss,
    jobs: jobTable(contextOf, { worker: name, transfersAtOnce: config.WORKER_CONCURRENCY }),
    log,
    idleMs: second / 4,
    touchMs: 20 * second,
    drainMs: options.drainMs ?? 20 * second,
    abortMs: 5 * second,
  })
  const repeated = [
    every(second / 8, { name: 'look scan', log, work: () => beginDueLooks(db, { loop, worker: name }) }),
    every(second / 2, { name: 'due scan', log, work: () => scanDue(db, queue) }),
    every(60 * second, { name: 'upkeep', log, work: () => upkeep(db, queue, { retentionDays: config.RETENTION_DAYS }) }),
  ]
  return {
    name,
    stop: async () => {
      await Promise.all(repeated.map((task) => task.stop()))
      await loop.stop()
      await sessions[Symbol.asyncDispose]()
      await watched?.[Symbol.asyncDispose]()
      await pool.sweep((transaction) => leaveClients(transaction, name)).catch(() => {})
      await mailer[Symbol.asyncDispose]()
      await queue[Symbol.asyncDispose]()
      await pool[Symbol.asyncDispose]()
    },
  }
}

function logFor(requestId: string, log: Log): Log {
  return {
    debug: (fields, message) => log.debug({ requestId, ...fields }, message),
    info: (fields, message) => log.info({ requestId, ...fields }, message),
    warn: (fields, message) => log.warn({ requestId, ...fields }, message),
    error: (fields, message) => log.error({ requestId, ...fields }, message),
  }
}
