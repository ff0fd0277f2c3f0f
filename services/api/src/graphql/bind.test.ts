import { newClient } from '@drayage/core/testing/new-client'
import { testWorkspace } from '@drayage/core/testing/people'
import { getIntrospectionQuery } from 'graphql/index.js'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../app.ts'
import { type TestApi, testApi } from '../testing.ts'
import { ask, madeId } from './graphql.fixture.ts'

let api: TestApi
beforeAll(async () => {
  api = await testApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const createClient =
  'mutation ($input: CreateFtpClientInput!) { createFtpClient(input: $input) { id version status settings csv { delimiter } } }'
const rename = `mutation ($id: ID!, $version: Int, $label: String) {
  updateFtpClient(input: { id: $id, label: $label, password: null, host: null }, expectedVersion: $version) { label version }
}`

test('an operator makes a workspace and its admin a client, lists and changes it, naming the version', async () => {
  const { operator } = await testWorkspace(api.ctx)
  const token = await api.logIn(operator)
  const made = await ask(api, 'mutation { createWorkspace(input: { name: "Lotus Mills" }) { id name version } }', { token })
  expect(made).toEqual({ data: { createWorkspace: { id: expect.any(String), name: 'Lotus Mills', version: 1 } } })
  const workspaceId = madeId(made)

  const input = newClient(workspaceId, { settings: { period: '072026' }, privateKey: null })
  const created = await ask(api, createClient, { token, variables: { input } })
  expect(created.data?.createFtpClient).toMatchObject({
    status: 'draft',
    version: 1,
    settings: { period: '072026' },
    csv: { delimiter: ',' },
  })

  const list = `query ($workspaceId: ID, $product: Product, $after: String) {
    ftpClients(first: 1, after: $after, workspaceId: $workspaceId, product: $product) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
  }`
  const listed = await ask(api, list, { token, variables: { workspaceId, product: null } })
  expect(listed.data?.ftpClients).toMatchObject({ edges: [{ node: { id: madeId(created) } }], pageInfo: { hasNextPage: false } })

  const change = (variables: object) => ask(api, rename, { token, variables: { id: madeId(created), label: 'Tally Prime', ...variables } })
  expect((await change({})).errors?.[0]?.extensions).toEqual({ code: 'version.required' })
  expect((await change({ version: 7 })).errors?.[0]).toMatchObject({ path: ['updateFtpClient'], extensions: { code: 'version.stale' } })
})

test('what is left out stays, as null where it cannot be null', async () => {
  const { admin, workspaceId } = await testWorkspace(api.ctx)
  const token = await api.logIn(admin)
  const input = newClient(workspaceId, { privateKey: undefined })
  const id = madeId(await ask(api, createClient, { token, variables: { input } }))
  const kept = `mutation ($id: ID!, $host: String) { updateFtpClient(input: { id: $id, host: $host, label: "Tally" }, expectedVersion: 1) { host hasPassword } }`
  expect(await ask(api, kept, { token, variables: { id, host: null } })).toEqual({
    data: { updateFtpClient: { host: 'sftp.example.com', hasPassword: true } },
  })
})

test('pages follow each other by the cursor of any item', async () => {
  const { admin, workspaceId } = await testWorkspace(api.ctx)
  const token = await api.logIn(admin)
  for (const label of ['a', 'b', 'c']) {
    await ask(api, createClient, { token, variables: { input: newClient(workspaceId, { label, baseDirectory: `/${label}` }) } })
  }
  const list =
    'query ($after: String) { ftpClients(first: 2, after: $after) { edges { cursor node { label } } pageInfo { hasNextPage hasPreviousPage } } }'
  type Page = { edges: { cursor: string; node: { label: string } }[]; pageInfo: object }
  const page = async (after?: string) => (await ask(api, list, { token, variables: { after } })).data?.ftpClients as Page
  const first = await page()
  expect(first.edges.map(({ node }) => node.label)).toEqual(['c', 'b'])
  expect(first.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false })
  expect((await page(first.edges[1]?.cursor)).edges.map(({ node }) => node.label)).toEqual(['a'])
  expect((await page(first.edges[0]?.cursor)).edges.map(({ node }) => node.label)).toEqual(['b', 'a'])
  const odd = await ask(api, list, { token, variables: { after: 'x' } })
  expect(odd.errors?.[0]?.extensions).toMatchObject({ code: 'input.invalid', errors: [{ pointer: '/after', code: 'cursor_unknown' }] })
})

test('somebody logs in, and a bad token keeps nobody from it', async () => {
  const { admin } = await testWorkspace(api.ctx)
  const email = admin.actor.kind === 'user' ? admin.actor.email : ''
  const logIn = 'mutation ($input: CreateSessionInput!) { createSession(input: $input) { accessToken user { email } } }'
  const input = { email, password: 'correct horse battery' }
  const { createSession } = (await ask(api, logIn, { token: 'a.b.c', variables: { input } })).data as {
    createSession: { accessToken: string }
  }
  expect((await ask(api, '{ me { kind email } }', { token: createSession.accessToken })).data?.me).toEqual({ kind: 'user', email })
})

test.each([
  ['nobody', '{ me { id } }', {}, 'access.not_logged_in'],
  ['a bad token', '{ me { id } }', { token: 'a.b.c' }, 'access.token_invalid'],
])('%s is told so by the field', async (_, query, request, code) => {
  expect(await ask(api, query, request)).toMatchObject({ data: { me: null }, errors: [{ path: ['me'], extensions: { code } }] })
})

test('a mistake in the input names the field; a value is never repeated', async () => {
  const { admin, workspaceId } = await testWorkspace(api.ctx)
  const token = await api.logIn(admin)
  const wrong = await ask(api, createClient, { token, variables: { input: newClient(workspaceId, { port: 99_999 }) } })
  expect(wrong.errors?.[0]?.extensions).toMatchObject({ code: 'input.invalid', errors: [{ pointer: '/port' }] })
  for (const password of [{ hunter2: 1 }, ['hunter2', 'x'], 'at "x"; hunter2']) {
    const input = newClient(workspaceId, { password, port: 'hunter2' })
    const odd = await ask(api, createClient, { token, variables: { input } })
    expect(odd.errors?.[0]).toMatchObject({ message: expect.stringContaining('"input.'), extensions: { code: 'graphql.invalid' } })
    expect(JSON.stringify(odd)).not.toContain('hunter2')
  }
  const literal = await ask(api, 'mutation { createSession(input: { email: "a@b.c", password: 5, x: "hunter2" }) { expiresIn } }')
  expect(literal.errors?.every(({ extensions }) => extensions.code === 'graphql.invalid')).toBe(true)
  expect(JSON.stringify(literal)).not.toContain('hunter2')
})

test('a foreign thing is not found', async () => {
  const [here, there] = [await testWorkspace(api.ctx), await testWorkspace(api.ctx)]
  const [token, foreign] = [await api.logIn(here.admin), await api.logIn(there.admin)]
  const id = madeId(await ask(api, createClient, { token, variables: { input: newClient(here.workspaceId) } }))
  const query = 'query ($id: ID!) { ftpClient(id: $id) { id } }'
  const reply = await ask(api, query, { token: foreign, variables: { id } })
  expect(reply).toMatchObject({ data: { ftpClient: null }, errors: [{ extensions: { code: 'ftp_client.not_found' } }] })
})

test.each([
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'query={__typename}', 415],
  ['plain text', { 'content-type': 'text/plain' }, '{"query":"{__typename}"}', 415],
  ['a batch', { 'content-type': 'application/json' }, '[{"query":"{__typename}"}]', 400],
  ['a document as a tree', { 'content-type': 'application/json' }, '{"query":"{\\"kind\\":\\"Document\\",\\"definitions\\":[]}"}', 200],
  ['a number for a document', { 'content-type': 'application/json' }, '{"query":"1"}', 200],
  ['somebody who takes no JSON', { 'content-type': 'application/json', accept: 'text/html' }, '{"query":"{__typename}"}', 406],
])('%s is refused', async (_, headers, payload, status) => {
  const reply = await api.app.inject({ method: 'POST', url: '/graphql', headers, payload })
  expect(reply.statusCode).toBe(status)
  expect(reply.json()).toEqual({ errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: expect.any(String) }) })] })
})

test('a GET does nothing', async () => {
  const reply = await api.app.inject({ method: 'GET', url: '/graphql?query=mutation{deleteCurrentSession{id}}' })
  expect(reply.statusCode).toBe(405)
})

test('the schema is shown where the setting says so, and is not guessed from suggestions', async () => {
  expect((await ask(api, getIntrospectionQuery())).errors).toBeUndefined()
  const closed = buildApp({ ...api.options, introspection: false })
  onTestFinished(() => closed.close())
  expect((await ask(closed, '{ __schema { types { name } } }')).errors?.[0]?.extensions).toEqual({ code: 'graphql.invalid' })
  expect((await ask(closed, '{ ftpClien(id: 1) { id } }')).errors?.[0]?.message).toBe('Cannot query field "ftpClien" on type "Query".')
})
