import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../app.ts'
import { type TestApi, testApi } from '../testing.ts'
import { type Answer, ask } from './graphql.fixture.ts'

let api: TestApi
beforeAll(async () => {
  api = await testApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const times = (count: number, text: (at: number) => string) => Array.from({ length: count }, (_, at) => text(at)).join(' ')
const nested = (first: number) =>
  `{ workspaces(first: ${first}) { edges { node { ftpClients(first: ${first}) { edges { node { id } } } } } } }`
const bomb = `{ ...F0 } ${times(60, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F60 on Query { me { id } }`

test.each([
  ['many names for one field', `{ ${times(16, (at) => `a${at}: me { id }`)} }`, 'graphql.invalid'],
  ['many fields at the root', `{ ${times(21, () => 'me { id }')} }`, 'graphql.too_many_fields'],
  ['fields hidden in fragments of fragments', bomb, 'graphql.too_many_fields'],
  ['many directives', `{ me { id ${times(11, () => '@include(if: true)')} } }`, 'graphql.invalid'],
  ['a long document', `{ me { ${times(1000, () => 'id')} } }`, 'graphql.invalid'],
  ['lists within lists', nested(100), 'graphql.too_costly'],
  [
    'a deep document',
    `{ ftpClient(id: "x") ${times(5, () => '{ workspace { ftpClients(first: 1) { edges { node')} { id } ${'} } } }'.repeat(5)} }`,
    'graphql.invalid',
  ],
])('before anything is asked of the database, a request is refused for %s', async (_, query, code) => {
  const reply = await ask(api, query)
  expect(reply.data).toBeUndefined()
  expect(reply.errors?.map(({ extensions }) => extensions.code)).toContain(code)
})

test('what is within the limits is answered', async () => {
  expect((await ask(api, nested(50))).errors?.[0]?.extensions.code).toBe('access.not_logged_in')
})

test('a page length in a variable counts as much', async () => {
  const query = 'query ($n: Int = 5) { workspaces(first: $n) { edges { node { ftpClients(first: $n) { edges { node { id } } } } } } }'
  const code = async (variables: object) => (await ask(api, query, { variables })).errors?.[0]?.extensions.code
  expect(await code({ n: 100 })).toBe('graphql.too_costly')
  expect(await code({})).toBe('access.not_logged_in')
})

test('each log-in of a request is paid for', async () => {
  const app = buildApp({ ...api.options, quotas: { ...api.options.quotas, logIns: 2 } })
  onTestFinished(() => app.close())
  const logIn = (name: string) => `${name}: createSession(input: { email: "nobody@example.com", password: "wrong" }) { expiresIn }`
  const query = `mutation { ${logIn('a')} ${logIn('b')} ${logIn('c')} }`
  const reply = await app.inject({ method: 'POST', url: '/graphql', remoteAddress: '203.0.113.9', payload: { query } })
  const codes = (reply.json() as Answer).errors?.map(({ extensions }) => extensions.code)
  expect(codes).toEqual(['session.wrong_credentials', 'session.wrong_credentials', 'http.rate_limited'])
})
