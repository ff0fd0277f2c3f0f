import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from './testing.ts'

let api: TestApi
beforeAll(async () => {
  api = await testApi({
    origins: ['https://admin.example.com'],
    trustedProxies: ['10.0.0.0/8'],
    quotas: { requests: 9, logIns: 1, connectionTests: 9 },
  })
})
afterAll(() => api[Symbol.asyncDispose]())

test.each(['GET /v1/meta', 'GET /v1/nothing', 'GET /livez', 'POST /oauth/token'])(
  '%s tells browsers to make nothing of it but data',
  async (line) => {
    const { headers } = await api.call(line)
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
    })
  },
)

test('scripts of an admin frontend may read replies, those of others may not', async () => {
  const ask = (origin: string) => api.call('OPTIONS /v1/me', { headers: { origin, 'access-control-request-method': 'GET' } })
  const allowed = await ask('https://admin.example.com')
  expect(allowed.statusCode).toBe(204)
  expect(allowed.headers['access-control-allow-origin']).toBe('https://admin.example.com')
  expect(allowed.headers['access-control-allow-credentials']).toBeUndefined()
  expect((await ask('https://evil.example.com')).headers['access-control-allow-origin']).toBeUndefined()
})

test('the address of a sender is what a trusted proxy says, and nobody else', async () => {
  const from = (remoteAddress: string, forwarded: string) =>
    api.app.inject({ url: '/v1/me', remoteAddress, headers: { 'x-forwarded-for': forwarded, authorization: 'Bearer x' } })
  expect((await from('10.1.1.1', '203.0.113.1')).statusCode).toBe(401)
  expect((await from('10.1.1.1', '203.0.113.1')).statusCode).toBe(429)
  expect((await from('10.1.1.1', '203.0.113.2')).statusCode).toBe(401)
  expect((await from('198.51.100.1', '203.0.113.3')).statusCode).toBe(401)
  expect((await from('198.51.100.1', '203.0.113.4')).statusCode).toBe(429)
})
