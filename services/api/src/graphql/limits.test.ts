import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { buildApp } from '../app.ts'
import { type TestApi, testApi } from '../testing.ts'
import { openTypes } from './derive-types.ts'
import { type Answer, ask } from './graphql.fixture.ts'

let api: TestApi
beforeAll(async () => {
  api = await testApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const times = (count: number, text: (at: number) => string) => Array.from({ length: count }, (_, at) => text(at)).join(' ')
const nested = (first: number) =>
  `{ workspaces(first: ${first}) { edges { node { ftpClients(first: ${first}) { edges { node { id } } } } } } }`
const listed = (first: number, fields: string) => `{ transfers(first: ${first}) { edges { node { ${fields} } } } }`
const bomb = `{ ...F0 } ${times(60, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F60 on Query { me { id } }`

test.each([
  ['many names for one field', `{ ${times(16, (at) => `a${at}: me { id }`)} }`, 'graphql.invalid'],
  ['many fields at the root', `{ ${times(21, () => 'me { id }')} }`, 'graphql.too_many_fields'],
  ['fields hidden in fragments of fragments', bomb, 'graphql.too_many_fields'],
  ['many directives', `{ me { id ${times(11, () => '@include(if: true)')} } }`, 'graphql.invalid'],
  ['a long document', `{ me { ${times(1000, () => 'id')} } }`, 'graphql.invalid'],
  ['lists within lists', nested(100), 'graphql.too_costly'],
  [
    'lists without pages within a list',
    listed(100, 'timeline { at } outputs { name } issues(first: 80) { edges { node { row } } }'),
    'graphql.too_costly',
  ],
  [
    'lines of many documents',
    '{ gstDocuments(first: 100) { edges { node { lines(first: 100) { edges { node { row } } } } } } }',
    'graphql.too_costly',
  ],
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

const everyColumn =
  '{ products { edges { node { actions { columns { header } forms { columns { header } } folders { inboxes { folder } } } } } } }'
test.each([nested(50), listed(100, 'timeline { at } outputs { name }'), everyColumn])(
  'what is within the limits is answered: %s',
  async (query) => {
    expect((await ask(api, query)).errors?.[0]?.extensions.code).toBe('access.not_logged_in')
  },
)

test('a list of things whose length nobody has said stops the start', () => {
  const things = z.object({ things: z.array(z.object({ name: z.string() }).meta({ id: 'Thing' })) }).meta({ id: 'Things' })
  expect(() =>
    openTypes(() => ({}))
      .object(things, 'Things')
      .getFields(),
  ).toThrow('Things.things lists things: declare it with listOf')
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
