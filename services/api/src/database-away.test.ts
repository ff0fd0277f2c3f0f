import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@drayage/db/connect'
import { startEmbeddedPostgres } from '@drayage/db/embedded'
import { migrate } from '@drayage/db/migrate'
import { expect, onTestFinished, test, vi } from 'vitest'
import { buildApp } from './app.ts'
import { testApi } from './testing.ts'

test('while PostgreSQL is away requests are asked to come again, and it goes on when it is back', async () => {
  await using api = await testApi()
  const dataDir = await mkdtemp(join(tmpdir(), 'drayage-away-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  await using postgres = await startEmbeddedPostgres({ dataDir, durable: false })
  await migrate({ url: postgres.url })
  await using db = connect({ url: postgres.url, role: 'drayage_api', connections: 2, waitMs: 500 })
  const app = buildApp({ ...api.options, base: { ...api.options.base, db }, db })
  onTestFinished(() => app.close())
  const logIn = () => app.inject({ method: 'POST', url: '/v1/sessions', payload: { email: 'nobody@example.com', password: 'wrong' } })

  expect((await logIn()).statusCode).toBe(401)
  await postgres.kill()
  const away = await logIn()
  expect(away.json()).toMatchObject({ status: 503, code: 'service.database_away' })
  expect(away.headers['retry-after']).toBe('5')
  expect((await app.inject('/livez')).statusCode).toBe(200)
  await postgres.restart()
  await vi.waitFor(async () => expect((await logIn()).statusCode).toBe(401), { timeout: 10_000 })
})
