import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routes } from '../rest/routes.ts'
import { type TestApi, testApi } from '../testing.ts'
import { exampleFor } from './examples.ts'
import type { OpenApi } from './openapi.ts'
import { curl } from './page.ts'

let api: TestApi
let document: OpenApi
beforeAll(async () => {
  api = await testApi()
  document = (await api.call('GET /openapi.json')).json()
})
afterAll(() => api[Symbol.asyncDispose]())

const committed: OpenApi = JSON.parse(readFileSync(new URL('../../generated/openapi.json', import.meta.url), 'utf8'))

test('what is served is what is committed', () => {
  expect(document).toEqual(committed)
})

test('every reference leads somewhere, and every path field is a parameter', () => {
  const missing = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].filter(
    ([, path = '']) =>
      path.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document) === undefined,
  )
  expect(missing.map(([reference]) => reference)).toEqual([])
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const its of Object.values(methods)) {
      const named = its.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`)
      expect(path.match(/\{\w+\}/g) ?? [], its.operationId).toEqual(named)
    }
  }
})

test('every operation is there once', () => {
  const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((its) => its.operationId))
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(expect.arrayContaining(routes.map(({ operation }) => operation.name)))
})

test.each(routes.map((its) => [`${its.method} ${its.path}`, its] as const))('the example of %s is taken by its operation', (_, its) => {
  const described = committed.paths[its.path]?.[its.method.toLowerCase()]
  const body = described?.requestBody?.content['application/json']?.example as object | undefined
  const named = described?.parameters
    .filter(({ in: where, required }) => where !== 'header' && required)
    .map(({ name }) => [name, exampleFor(name)])
  const input: Record<string, unknown> = { ...Object.fromEntries(named ?? []), ...body, ...(its.versioned && { expectedVersion: 3 }) }
  if (its.bytes !== undefined) input[its.bytes] = (async function* () {})()
  const parsed = its.operation.input.safeParse(input)
  expect(parsed.error?.issues ?? []).toEqual([])
})

test('a page shows people all of it, with nothing from elsewhere', async () => {
  const page = await api.call('GET /docs')
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
  expect(page.body).not.toMatch(/<script|\ssrc=|<link|@import|undefined|\[object/)
  for (const { path } of routes) expect(page.body).toContain(path)
})

test('a command of the page names what it needs', () => {
  const its = committed.paths['/v1/workspaces/{workspaceId}']?.patch
  expect(
    its && curl({ path: '/v1/workspaces/{workspaceId}', method: 'PATCH', its }),
  ).toBe(`curl -X PATCH "$URL/v1/workspaces/019a8c1e-0b7d-7c39-8f6e-51c2a4e0d917" \\
  -H "authorization: Bearer $TOKEN" \\
  -H 'if-match: "3"' \\
  -H 'content-type: application/json' \\
  -d '{"name":"Lotus Mills"}'`)
})
