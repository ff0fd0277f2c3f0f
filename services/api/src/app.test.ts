import { isMigrated } from '@drayage/db/migrate'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type AppOptions, buildApp } from './app.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

function start(options: Partial<AppOptions> = {}): FastifyInstance {
  const app = buildApp({
    db: database.as('drayage_api'),
    isMigrated: () => isMigrated({ url: database.url }),
    meta: { environment: 'sandbox', version: '0.1.0', egressAddresses: ['203.0.113.7'] },
    log: pino({ level: 'silent' }),
    ...options,
  })
  onTestFinished(() => app.close())
  return app
}

test('it is alive and ready with a migrated database', async () => {
  const app = start()
  expect((await app.inject('/livez')).json()).toEqual({ status: 'ok' })
  const ready = await app.inject('/readyz')
  expect(ready.statusCode).toBe(200)
  expect(ready.json().checks).toEqual({ database: 'ok', migrations: 'ok' })
})

test('it is alive and not ready while the database is away', async () => {
  const away = async () => {
    throw new Error('away')
  }
  const app = start({ db: { ping: away } })
  expect((await app.inject('/livez')).statusCode).toBe(200)
  const ready = await app.inject('/readyz')
  expect(ready.statusCode).toBe(503)
  expect(ready.headers['retry-after']).toBe('5')
  expect(ready.json().checks.database).toBe('away')
})

test('it is not ready before the database is migrated', async () => {
  const url = Object.assign(new URL(database.url), { pathname: '/postgres' }).href
  const ready = await start({ isMigrated: () => isMigrated({ url }) }).inject('/readyz')
  expect(ready.json().checks).toEqual({ database: 'ok', migrations: 'pending' })
})

test('an unknown path is answered as a problem', async () => {
  const reply = await start().inject('/v1/nothing')
  expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(reply.json()).toMatchObject({ status: 404, title: 'Not Found', code: 'http.not_found', requestId: expect.any(String) })
})

test('anybody may ask which addresses to allow', async () => {
  const meta = (await start().inject('/v1/meta')).json()
  expect(meta).toEqual({ environment: 'sandbox', version: '0.1.0', egressAddresses: ['203.0.113.7'] })
})
