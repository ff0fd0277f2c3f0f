import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from './app.ts'
import { type TestApi, testApi } from './testing.ts'

let api: TestApi
beforeAll(async () => {
  api = await testApi()
})
afterAll(() => api[Symbol.asyncDispose]())

/** What is warned of while these requests come, each from a sender and perhaps passed on. */
async function warnings(requests: { remoteAddress: string; forwarded?: string }[]): Promise<Record<string, unknown>[]> {
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const app = buildApp({ ...api.options, trustedProxies: ['10.0.0.0/8'], log })
  for (const { remoteAddress, forwarded } of requests) {
    await app.inject({ url: '/livez', remoteAddress, headers: { ...(forwarded && { 'x-forwarded-for': forwarded }) } })
    await app.inject({ url: '/v1/meta', remoteAddress, headers: { ...(forwarded && { 'x-forwarded-for': forwarded }) } })
  }
  await app.close()
  return lines.map((line) => JSON.parse(line))
}

test('a proxy that is not trusted is warned of once, and told by its address', async () => {
  const lines = await warnings([
    { remoteAddress: '172.18.0.1', forwarded: '203.0.113.1' },
    { remoteAddress: '172.18.0.1', forwarded: '203.0.113.2' },
  ])
  expect(lines).toMatchObject([{ sender: '172.18.0.1', msg: expect.stringContaining('TRUSTED_PROXIES') }])
})

test('nothing is said of a proxy that is trusted, nor of senders who come by themselves', async () => {
  expect(await warnings([{ remoteAddress: '10.1.1.1', forwarded: '203.0.113.1' }, { remoteAddress: '203.0.113.2' }])).toEqual([])
})
