import { expect, onTestFinished, test } from 'vitest'
import { openMetrics, serveMetrics } from './metrics.ts'

async function served(ping: () => Promise<void> = async () => {}) {
  const metrics = openMetrics()
  const server = await serveMetrics({ metrics, host: '127.0.0.1', port: 0, ping })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const get = async (path: string) => {
    const reply = await fetch(`http://127.0.0.1:${server.port}${path}`)
    return { status: reply.status, text: await reply.text() }
  }
  return { metrics, measures: metrics.measures, get }
}

test('what a worker did can be scraped', async () => {
  const { metrics, measures, get } = await served()
  measures.looked({ well: true, seconds: 0.2 })
  measures.looked({ well: false, seconds: 3 })
  measures.imported({ accepted: 5, rejected: 2 })
  measures.fenced()
  metrics.transacted(0.002)
  const { status, text } = await get('/metrics')
  expect(status).toBe(200)
  for (const line of [
    'ftp_poll_total{result="ok"} 1',
    'ftp_poll_total{result="failed"} 1',
    'ftp_poll_duration_seconds_count 2',
    'file_import_rows_total{result="accepted"} 5',
    'file_import_rows_total{result="rejected"} 2',
    'lease_fenced_total 1',
    'db_client_operation_duration_seconds_count 1',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
  expect(text).toMatch(/^process_resident_memory_bytes \d+/m)
})

test('it lives while the process does, and is ready while the database answers', async () => {
  const { get } = await served(async () => {
    throw new Error('away')
  })
  expect([(await get('/livez')).status, (await get('/readyz')).status, (await get('/elsewhere')).status]).toEqual([200, 503, 404])
  expect((await (await served()).get('/readyz')).status).toBe(200)
})
