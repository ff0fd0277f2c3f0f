import { generateApiKeyring, parseApiKeyring } from '@drayage/core/access/api-keyring'
import { newId } from '@drayage/core/id'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import type { FastifyReply } from 'fastify'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openLimits } from './limits.ts'
import { type TestApi, testApi } from './testing.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const keyring = parseApiKeyring(generateApiKeyring())
const process = () => openLimits({ db: database.as('drayage_api'), keyring })
const said: Record<string, string> = {}
const reply = { header: (name: string, value: string) => Object.assign(said, { [name]: value }) } as unknown as FastifyReply

test.each([1, 7, 40])('two processes let %d requests of a quota of as many through, and not one more', async (quota) => {
  const [one, other] = [process(), process()]
  const limit = { name: 'requests', quota, windowSeconds: 60 }
  const who = newId()
  const asked = Array.from({ length: 2 * quota + 5 }, (_, at) => (at % 2 === 0 ? one : other).spend(reply, limit, who))
  const results = await Promise.allSettled(asked)
  const granted = results.filter((result) => result.status === 'fulfilled').length
  expect(granted).toBeLessThanOrEqual(quota)
  expect(granted).toBeGreaterThanOrEqual(quota - Math.floor(quota / 20))
  const refused = results.find((result) => result.status === 'rejected')
  expect(refused?.reason).toMatchObject({ code: 'http.rate_limited', details: { retryAfterSeconds: expect.any(Number) } })
})

test('a new window begins when the one before has ended', async () => {
  const limits = process()
  const limit = { name: 'requests', quota: 1, windowSeconds: 0.2 }
  const who = newId()
  await limits.spend(reply, limit, who)
  await expect(limits.spend(reply, limit, who)).rejects.toMatchObject({ kind: 'rate_limited' })
  await vi.waitFor(() => limits.spend(reply, limit, who), { timeout: 2000 })
})

test('most requests ask the database nothing', async () => {
  const db = database.as('drayage_api')
  let transactions = 0
  const counted = {
    ...db,
    inWorkspace: ((ids, work) => {
      transactions++
      return db.inWorkspace(ids, work)
    }) as typeof db.inWorkspace,
  }
  const limits = openLimits({ db: counted, keyring })
  const limit = { name: 'requests', quota: 600, windowSeconds: 60 }
  for (let at = 0; at < 60; at++) await limits.spend(reply, limit, 'busy')
  expect(transactions).toBe(2)
  expect(said).toMatchObject({
    'ratelimit-policy': '"requests";q=600;w=60',
    ratelimit: expect.stringMatching(/^"requests";r=540;t=(59|60)$/),
  })
})

test('who asks too often is told when to ask again, others are not', async () => {
  await using api: TestApi = await testApi({ quotas: { requests: 100, logIns: 2, connectionTests: 1 } })
  const wrong = () => api.call('GET /v1/me', { token: 'wrong' })
  expect((await wrong()).headers.ratelimit).toMatch(/^"logIns";r=1;t=\d+$/)
  expect((await wrong()).statusCode).toBe(401)
  const refused = await wrong()
  expect(refused.json()).toMatchObject({ status: 429, code: 'http.rate_limited' })
  expect(refused.headers['retry-after']).toMatch(/^\d+$/)
  const elsewhere = await api.app.inject({ url: '/v1/me', remoteAddress: '198.51.100.7' })
  expect(elsewhere.statusCode).toBe(401)
})
