import type { AddressInfo } from 'node:net'
import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from '../testing.ts'

let api: TestApi
beforeAll(async () => {
  api = await testApi()
  await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => api[Symbol.asyncDispose]())

test('the audits of GraphQL over HTTP find no error', async () => {
  const { port } = api.app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/graphql`
  const found: Record<string, string[]> = { ok: [], notice: [], warn: [], error: [] }
  for (const audit of serverAudits({ url, fetchFn: fetch })) {
    const result = await audit.fn()
    found[result.status]?.push(result.status === 'ok' ? result.name : `${result.name}: ${result.reason}`)
  }
  expect(found.error).toEqual([])
  expect(found.ok?.length).toBeGreaterThan(50)
  expect(found.warn).toEqual([])
})
