import { randomUUID } from 'node:crypto'
import { newClient } from '@drayage/core/testing/new-client'
import { type TestWorkspace, testWorkspace } from '@drayage/core/testing/people'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from '../testing.ts'
import { type Answer, ask, madeId } from './graphql.fixture.ts'

let api: TestApi
let home: TestWorkspace
let token: string
beforeAll(async () => {
  api = await testApi()
  home = await testWorkspace(api.ctx)
  token = await api.logIn(home.admin)
})
afterAll(() => api[Symbol.asyncDispose]())

const createClient = 'mutation ($input: CreateFtpClientInput!) { createFtpClient(input: $input) { id label createdAt } }'
const createTwo = `mutation ($one: CreateFtpClientInput!, $two: CreateFtpClientInput!) {
  one: createFtpClient(input: $one) { id }
  two: createFtpClient(input: $two) { id }
}`
const clientAt = (baseDirectory: string) => newClient(home.workspaceId, { baseDirectory })
const sent = (key: string, query: string, variables: object) => ask(api, query, { token, variables, headers: { 'idempotency-key': key } })
const codes = ({ errors }: Answer) => errors?.map(({ extensions }) => extensions.code)
const countAt = async (pattern: string) =>
  (await api.database.owner.query('select count(*)::integer as count from ftp_clients where base_directory like $1', [pattern])).rows[0]
    .count

test('the same request again gets the same reply and has one effect', async () => {
  const key = randomUUID()
  const first = await sent(key, createClient, { input: clientAt('/once') })
  expect(first.errors).toBeUndefined()
  expect(await sent(key, createClient, { input: clientAt('/once') })).toEqual(first)
  expect(await countAt('/once')).toBe(1)
})

test('each of several changes is made once, also when one of them was refused at first', async () => {
  const key = randomUUID()
  const taken = await sent(randomUUID(), createClient, { input: clientAt('/two/b') })
  const variables = { one: clientAt('/two/a'), two: clientAt('/two/b') }
  const first = await sent(key, createTwo, variables)
  expect(codes(first)).toEqual(['ftp_client.folder_taken'])
  await api.call(`DELETE /v1/ftp-clients/${madeId(taken)}`, { token, headers: { 'if-match': '"1"' } })
  const again = await sent(key, createTwo, variables)
  expect(again.errors).toBeUndefined()
  expect(again.data?.one).toEqual(first.data?.one)
  expect(await sent(key, createTwo, variables)).toEqual(again)
})

test('a key is for one request: another one with it is refused, over REST as well', async () => {
  const key = randomUUID()
  await sent(key, createClient, { input: clientAt('/first') })
  expect(codes(await sent(key, createClient, { input: clientAt('/second') }))).toEqual(['idempotency.other_payload'])
  const rest = await api.call('POST /v1/ftp-clients', { token, body: clientAt('/first'), headers: { 'idempotency-key': key } })
  expect(rest.json()).toMatchObject({ status: 422, code: 'idempotency.other_payload' })
})

test('a secret is shown once: who asks again is told so', async () => {
  const key = randomUUID()
  const create = 'mutation ($input: CreateApiClientInput!) { createApiClient(input: $input) { id clientSecret } }'
  const input = { workspaceId: home.workspaceId, label: 'SAP', scopes: ['transfer:read'] }
  const first = await sent(key, create, { input })
  expect(first.data?.createApiClient).toMatchObject({ clientSecret: expect.stringMatching(/^dry_/) })
  expect(codes(await sent(key, create, { input }))).toEqual(['idempotency.secret_already_shown'])
})

test('a key that cannot be used fails the change, and makes none', async () => {
  expect(codes(await sent('a b', createClient, { input: clientAt('/key') }))).toEqual(['idempotency.key_unreadable'])
  expect(await countAt('/key')).toBe(0)
})
