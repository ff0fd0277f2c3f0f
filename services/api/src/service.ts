import { makeOperator } from '@drayage/core/access/operator'
import { sealChains } from '@drayage/core/audit/seal'
import { makeSecrets } from '@drayage/core/secrets'
import { connect } from '@drayage/db/connect'
import { isMigrated } from '@drayage/db/migrate'
import { every } from '@drayage/worker/every'
import { openQueue } from '@drayage/worker/queue'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { BaseContext } from './admission.ts'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { deadlines } from './deadlines.ts'
import { openMetrics } from './metrics.ts'

export type Api = AsyncDisposable & {
  app: FastifyInstance
  /** The log-in of the operator that this start made, if it made one. */
  operator?: { email: string; generatedPassword?: string }
}

const sealEveryMs = 5 * 60_000

const stopMs = 25_000

/** An API process, listening. Any number of them share one database. */
export async function startApi(options: { config: Config; version: string; log: FastifyBaseLogger }): Promise<Api> {
  const { config, version, log } = options
  const { DATABASE_URL: url, HOST: host, PORT: port, API_KEYRING: keyring } = config
  await using parts = new AsyncDisposableStack()
  const metrics = openMetrics()
  const { statementMs, idleInTransactionMs } = deadlines
  const db = parts.use(
    connect({
      url,
      role: 'drayage_api',
      connections: 10,
      waitMs: 2000,
      statementMs,
      idleInTransactionMs,
      onTransaction: metrics.transacted,
    }),
  )
  const queue = parts.use(await openQueue({ url, role: 'drayage_api', connections: 1, supervise: false, log: logOf(log) }))
  const base: Omit<BaseContext, 'credentials'> = {
    db,
    now: () => new Date(),
    enqueue: queue.enqueue,
    openRemote: () => onlyWorkers('open sessions with file servers'),
    mail: () => onlyWorkers('send mail'),
    secrets: makeSecrets(config.SECRETS_KEYRING),
    settings: {
      environment: config.ENVIRONMENT,
      rootFolder: config.ROOT_FOLDER,
      maxFileBytes: config.MAX_FILE_BYTES,
      retentionDays: config.RETENTION_DAYS,
      leaseMs: config.LEASE_SECONDS * 1000,
      mailFrom: config.MAIL_FROM,
    },
  }
  const app = buildApp({
    base,
    db,
    isMigrated: () => isMigrated({ url }),
    keyring,
    metrics,
    publicUrl: config.PUBLIC_URL ?? `http://${host}:${port}`,
    quotas: { requests: config.RATE_LIMIT_REQUESTS, logIns: config.RATE_LIMIT_LOG_INS, connectionTests: 5 },
    deadlines,
    origins: config.CORS_ORIGINS,
    trustedProxies: config.TRUSTED_PROXIES,
    introspection: config.ENVIRONMENT !== 'production',
    meta: { environment: config.ENVIRONMENT, version, egressAddresses: config.EGRESS_ADDRESSES },
    log,
  })
  parts.defer(async () => {
    // What is not answered by then never will be: files that nobody takes.
    const impatient = setTimeout(() => app.server.closeAllConnections(), stopMs)
    await app.close()
    clearTimeout(impatient)
  })
  const self = { kind: 'system', name: 'api' } as const
  const operator = await makeOperator(
    { ...base, actor: self, log: logOf(log) },
    { email: config.BOOTSTRAP_EMAIL, password: config.BOOTSTRAP_PASSWORD },
  )
  await app.listen({ host, port })
  const seal = async () => metrics.sealed(await sealChains(db, { key: keyring.sealKey, now: base.now, log: logOf(log) }))
  const sealing = every(sealEveryMs, { name: 'audit seal', log: logOf(log), work: seal })
  parts.defer(() => sealing.stop())
  const running = parts.move()
  return { app, ...(operator && { operator }), [Symbol.asyncDispose]: () => running.disposeAsync() }
}

function logOf(log: FastifyBaseLogger) {
  return {
    debug: (fields: object, message: string) => log.debug(fields, message),
    info: (fields: object, message: string) => log.info(fields, message),
    warn: (fields: object, message: string) => log.warn(fields, message),
    error: (fields: object, message: string) => log.error(fields, message),
  }
}

async function onlyWorkers(what: string): Promise<never> {
  throw new Error(`only workers ${what}`)
}
