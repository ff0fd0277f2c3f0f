import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect as connectTo } from 'node:net'
import { text } from 'node:stream/consumers'
import { isMigrated } from '@drayage/db/migrate'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type AppOptions, buildApp } from './app.ts'
import { type TestApi, testApi } from './testing.ts'

let api: TestApi
beforeAll(async () => {
  api = await testApi()
})
afterAll(() => api[Symbol.asyncDispose]())

function start(options: Partial<AppOptions> = {}): FastifyInstance {
  const app = buildApp({ ...api.options, ...options })
  onTestFinished(() => app.close())
  return app
}

test('it is alive and ready with a migrated database', async () => {
  expect((await api.call('GET /livez')).json()).toEqual({ status: 'ok' })
  const ready = await api.call('GET /readyz')
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
  const url = Object.assign(new URL(api.database.url), { pathname: '/postgres' }).href
  const ready = await start({ isMigrated: () => isMigrated({ url }) }).inject('/readyz')
  expect(ready.json().checks).toEqual({ database: 'ok', migrations: 'pending' })
})

test('anybody may ask which addresses to allow', async () => {
  const meta = (await api.call('GET /v1/meta')).json()
  expect(meta).toEqual({ environment: 'sandbox', version: '0.1.0', egressAddresses: ['203.0.113.7'] })
})

const json = { 'content-type': 'application/json' }
test.each([
  ['an unknown path', 'GET /v1/nothing', {}, { status: 404, code: 'http.not_found' }],
  ['a method that is not for this path', 'PUT /v1/me', {}, { status: 405, code: 'http.method_not_allowed' }],
  ['what is not JSON', 'POST /v1/sessions', { body: '{', headers: json }, { status: 400, code: 'http.bad_request' }],
  [
    'another content type',
    'POST /v1/sessions',
    { body: 'a=b', headers: { 'content-type': 'text/plain' } },
    { status: 415, code: 'http.unsupported_media_type' },
  ],
  [
    'a body that is too large',
    'POST /v1/sessions',
    { body: { email: 'x'.repeat(300_000) } },
    { status: 413, code: 'http.payload_too_large' },
  ],
  ['a body that is a list', 'POST /v1/sessions', { body: [] }, { status: 400, code: 'input.invalid', errors: [{ pointer: '' }] }],
  [
    'no body',
    'POST /v1/sessions',
    { headers: json },
    { status: 400, code: 'input.invalid', errors: [{ pointer: '/email', code: 'required' }, { pointer: '/password' }] },
  ],
  ['a poisoned body', 'POST /v1/sessions', { body: '{"__proto__":{}}', headers: json }, { status: 400 }],
  ['a path that cannot be read', 'GET /v1/ftp-clients/%zz', {}, { status: 400, code: 'http.bad_request' }],
  ['an access token of nobody', 'GET /v1/me', { token: 'a.b.c' }, { status: 401, code: 'access.token_invalid' }],
  ['nobody', 'GET /v1/me', {}, { status: 401, code: 'access.not_logged_in' }],
])('%s is answered as a problem', async (_, line, request, problem) => {
  const reply = await api.call(line, request)
  expect(reply.headers['content-type']).toBe('application/problem+json')
  expect(reply.json()).toMatchObject({ type: 'about:blank', requestId: reply.headers['x-request-id'], ...problem })
  expect(reply.statusCode).toBe(problem.status)
  if (problem.status === 401) expect(reply.headers['www-authenticate']).toMatch(/^Bearer/)
  if (problem.status === 405) expect(reply.headers.allow).toBe('GET, HEAD')
})

test('a bug is answered without what is inside', async () => {
  const app = start()
  app.get('/bug', () => {
    throw new Error('password=hunter2')
  })
  const reply = await app.inject('/bug')
  expect(reply.statusCode).toBe(500)
  expect(reply.json()).toMatchObject({ code: 'http.bug', title: 'Internal Server Error' })
  expect(reply.body).not.toContain('hunter2')
})

test('the id of a request is taken over where it is a plain one, and made otherwise', async () => {
  const given = await api.call('GET /livez', { headers: { 'x-request-id': 'erp-2026.07.15_1' } })
  expect(given.headers['x-request-id']).toBe('erp-2026.07.15_1')
  const odd = await api.call('GET /livez', { headers: { 'x-request-id': 'two words' } })
  expect(odd.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
})

test('what is not HTTP is told so, and hung up on', async () => {
  const app = start()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const socket = connectTo(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n')
  const reply = await text(socket)
  expect(reply).toMatch(/^HTTP\/1.1 400 Bad Request\r\ncontent-type: application\/problem\+json/)
})
