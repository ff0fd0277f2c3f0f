import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Measures } from '@drayage/core/context'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export type WorkerMetrics = { measures: Measures; transacted(seconds: number): void; text(): Promise<string>; contentType: string }

/** What a worker counts of itself, in the Prometheus text format. No label names a customer, a host or a file. */
export function openMetrics(): WorkerMetrics {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  const looks = new Counter({ name: 'ftp_poll_total', help: 'Looks at customers\u2019 servers', labelNames: ['result'], registers })
  const durations = new Histogram({
    name: 'ftp_poll_duration_seconds',
    help: 'How long a look took',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120],
    registers,
  })
  const rows = new Counter({ name: 'file_import_rows_total', help: 'Rows of imports that count', labelNames: ['result'], registers })
  const fences = new Counter({ name: 'lease_fenced_total', help: 'Times that another worker had taken over', registers })
  const transactions = new Histogram({
    name: 'db_client_operation_duration_seconds',
    help: 'Transactions, from asking for a connection to their end',
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60],
    registers,
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
  return {
    measures: {
      looked: ({ well, seconds }) => {
        looks.inc({ result: well ? 'ok' : 'failed' })
        durations.observe(seconds)
      },
      imported: ({ accepted, rejected }) => {
        rows.inc({ result: 'accepted' }, accepted)
        rows.inc({ result: 'rejected' }, rejected)
      },
      fenced: () => fences.inc(),
    },
    transacted: (seconds) => transactions.observe(seconds),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

export type MetricsServer = AsyncDisposable & { port: number }

/** Answers /metrics, /livez, and /readyz, which asks the database. For inside: nobody has to say who they are. */
export async function serveMetrics(options: {
  metrics: WorkerMetrics
  host: string
  port: number
  ping(): Promise<void>
}): Promise<MetricsServer> {
  const { metrics, host, port, ping } = options
  const server = createServer(({ url = '' }, reply) => {
    void answer(url.split('?', 1)[0] ?? '', reply)
  })
  async function answer(path: string, reply: ServerResponse): Promise<void> {
    const say = (status: number, type: string, text: string) => reply.writeHead(status, { 'content-type': type }).end(text)
    if (path === '/metrics') return void say(200, metrics.contentType, await metrics.text())
    if (path === '/livez') return void say(200, 'text/plain', 'ok\n')
    if (path !== '/readyz') return void say(404, 'text/plain', 'There is nothing here.\n')
    const ready = await ping().then(
      () => true,
      () => false,
    )
    say(ready ? 200 : 503, 'text/plain', ready ? 'ok\n' : 'The database does not answer.\n')
  }
  server.listen(port, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
