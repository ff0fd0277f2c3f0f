import { newClient } from '@drayage/core/testing/new-client'
import { testWorkspace } from '@drayage/core/testing/people'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMetrics } from './metrics.ts'
import { type TestApi, testApi } from './testing.ts'

let api: TestApi
beforeAll(async () => {
  api = await testApi()
})
afterAll(() => api[Symbol.asyncDispose]())

test('requests are measured by route, and what waits is told without whose it is', async () => {
  const { admin, workspaceId } = await testWorkspace(api.ctx)
  const token = await api.logIn(admin)
  await api.call('POST /v1/connection-tests', { token, body: newClient(workspaceId, { host: 'canary.example.com' }) })
  await api.call('GET /v1/nothing')
  await api.call(`GET /v1/workspaces/${workspaceId}`, { token })
  const metrics = await api.call('GET /metrics')
  expect(metrics.headers['content-type']).toMatch(/^text\/plain; version=0.0.4/)
  const count = (labels: string) => new RegExp(`^http_server_request_duration_seconds_count\\{${labels}\\} 1$`, 'm')
  expect(metrics.body).toMatch(count('http_request_method="GET",http_route="/v1/workspaces/:workspaceId",http_response_status_code="200"'))
  expect(metrics.body).toMatch(count('http_request_method="GET",http_route="none",http_response_status_code="404"'))
  expect(metrics.body).toMatch(/^queue_ready_jobs\{queue="connection_test.run"\} 1$/m)
  expect(metrics.body).toMatch(/^queue_ready_jobs\{queue="transfer.run"\} 0$/m)
  expect(metrics.body).toMatch(/^secrets_by_kek\{kek="[^"]+"\} 1$/m)
  expect(metrics.body).toMatch(/^audit_chain_ok 1$/m)
  for (const name of ['database_up', 'outbox_oldest_seconds', 'file_age_seconds', 'nodejs_eventloop_utilization']) {
    expect(metrics.body).toMatch(new RegExp(`^${name} [\\d.e-]+$`, 'm'))
  }
  expect(metrics.body).not.toMatch(new RegExp(`${workspaceId}|canary|example.com`))
})

test('while the database is away the metrics say so', async () => {
  const away = async () => {
    throw new Error('away')
  }
  await using other = await testApi({ base: { ...api.options.base, db: { ...api.options.base.db, sweep: away } } })
  expect((await other.call('GET /metrics')).body).toMatch(/^database_up 0$/m)
})

test('a broken trail is told until it is whole, and transactions are timed', async () => {
  const metrics = openMetrics()
  metrics.transacted(0.02)
  metrics.sealed({ broken: 2 })
  expect(await metrics.text()).toMatch(/^audit_chain_ok 0$/m)
  metrics.sealed({ broken: 0 })
  expect(await metrics.text()).toMatch(/^audit_chain_ok 1$/m)
  expect(await metrics.text()).toMatch(/^db_client_operation_duration_seconds_count 1$/m)
})
