import { performance } from 'node:perf_hooks'
import { jobNames } from '@drayage/core/jobs'
import type { Database } from '@drayage/db/connect'
import { type Backlog, readBacklog } from '@drayage/db/queries/backlog'
import type { FastifyInstance } from 'fastify'
import { Gauge, Histogram, Registry } from 'prom-client'

/** However often somebody scrapes, the database is asked this seldom. */
const rereadMs = 5000

/**
 * `/metrics`, in the Prometheus text format. Labels are routes, methods, statuses and queues: never a customer, a host or
 * a file. To be called before the first route.
 */
export function measure(app: FastifyInstance, options: { db: Pick<Database, 'sweep'> }): void {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  const requests = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Requests answered, by route, from their first byte to the end of the reply',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    registers,
  })
  app.addHook('onResponse', async (request, reply) => {
    const { url: http_route = 'none' } = request.routeOptions
    const labels = { http_request_method: request.method, http_route, http_response_status_code: reply.statusCode }
    requests.observe(labels, reply.elapsedTime / 1000)
  })

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
  const transfers = new Gauge({ name: 'transfer_oldest_seconds', help: 'For how long the oldest transfer could have gone on', registers })
  const show = (backlog: Backlog) => {
    for (const queue of jobNames) ready.set({ queue }, backlog.readyJobs[queue] ?? 0)
    outbox.set(backlog.outboxSeconds)
    transfers.set(backlog.transferSeconds)
  }

  let readAt = Number.NEGATIVE_INFINITY
  app.get('/metrics', { logLevel: 'warn' }, async (_, reply) => {
    if (performance.now() - readAt >= rereadMs) {
      readAt = performance.now()
      const backlog = await options.db.sweep(readBacklog).catch(() => undefined)
      reachable.set(backlog === undefined ? 0 : 1)
      if (backlog !== undefined) show(backlog)
    }
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}
