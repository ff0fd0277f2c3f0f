import { performance } from 'node:perf_hooks'
import { jobNames } from '@drayage/core/jobs'
import type { Database } from '@drayage/db/connect'
import { type Backlog, readBacklog } from '@drayage/db/queries/backlog'
import type { FastifyInstance } from 'fastify'
import { Gauge, Histogram, Registry } from 'prom-client'

/** However often somebody scrapes, the database is asked this seldom. */
const rereadMs = 5000

export type ApiMetrics = {
  /** A transaction took so long, with the wait for a connection. */
  transacted(seconds: number): void
  /** The audit trail was walked, and so many chains of it were broken. */
  sealed(trail: { broken: number }): void
  answered(request: { method: string; route: string; status: number; seconds: number }): void
  /** What waits in the whole installation; undefined while the database is away. */
  show(backlog: Backlog | undefined): void
  text(): Promise<string>
  contentType: string
}

/** What an API process counts. Labels are routes, methods, statuses, queues and keys: never a customer, a host or a file. */
export function openMetrics(): ApiMetrics {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  const requests = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Requests answered, by route, from their first byte to the end of the reply',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    registers,
  })
  const transactions = new Histogram({
    name: 'db_client_operation_duration_seconds',
    help: 'Transactions, from asking for a connection to their end',
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    registers,
  })
  const trail = new Gauge({ name: 'audit_chain_ok', help: '1 while no audit trail was found broken, else 0', registers })
  trail.set(1)

  let before = performance.eventLoopUtilization()
  new Gauge({
    name: 'nodejs_eventloop_utilization',
    help: 'Share of the time since the last scrape in which the event loop was busy',
    registers,
    collect() {
      const now = performance.eventLoopUtilization()
      this.set(performance.eventLoopUtilization(now, before).utilization)
      before = now
    },
  })
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of this process',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })

  const reachable = new Gauge({ name: 'database_up', help: 'Whether PostgreSQL answered', registers })
  const ready = new Gauge({ name: 'queue_ready_jobs', help: 'Jobs that a worker could take now', labelNames: ['queue'], registers })
  const outbox = new Gauge({ name: 'outbox_oldest_seconds', help: 'For how long the oldest letter could have been sent', registers })
  const transfers = new Gauge({ name: 'file_age_seconds', help: 'For how long the oldest file could have gone on', registers })
  const secrets = new Gauge({
    name: 'secrets_by_kek',
    help: 'Sealed secrets, by the key they are sealed with',
    labelNames: ['kek'],
    registers,
  })
  const show = (backlog: Backlog | undefined) => {
    reachable.set(backlog === undefined ? 0 : 1)
    if (backlog === undefined) return
    for (const queue of jobNames) ready.set({ queue }, backlog.readyJobs[queue] ?? 0)
    outbox.set(backlog.outboxSeconds)
    transfers.set(backlog.transferSeconds)
    secrets.reset()
    for (const [kek, number] of Object.entries(backlog.secretsByKey)) secrets.set({ kek }, number)
  }
  return {
    transacted: (seconds) => transactions.observe(seconds),
    sealed: ({ broken }) => trail.set(broken === 0 ? 1 : 0),
    answered: ({ method, route, status, seconds }) =>
      requests.observe({ http_request_method: method, http_route: route, http_response_status_code: status }, seconds),
    show,
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** `/metrics`, in the Prometheus text format. To be called before the first route. */
export function measure(app: FastifyInstance, options: { metrics: ApiMetrics; db: Pick<Database, 'sweep'> }): void {
  const { metrics, db } = options
  app.addHook('onResponse', async (request, reply) => {
    const { url: route = 'none' } = request.routeOptions
    metrics.answered({ method: request.method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 })
  })
  let readAt = Number.NEGATIVE_INFINITY
  app.get('/metrics', { logLevel: 'warn' }, async (_, reply) => {
    if (performance.now() - readAt >= rereadMs) {
      readAt = performance.now()
      metrics.show(await db.sweep(readBacklog).catch(() => undefined))
    }
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}
