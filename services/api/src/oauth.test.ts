import { testWorkspace } from '@drayage/core/testing/people'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from './testing.ts'

let api: TestApi
let client: { id: string; clientSecret: string; workspaceId: string }
beforeAll(async () => {
  api = await testApi()
  const { admin, workspaceId } = await testWorkspace(api.ctx)
  const body = { workspaceId, label: 'SAP', scopes: ['ftp_client:read', 'transfer:read'] }
  client = (await api.call('POST /v1/api-clients', { token: await api.logIn(admin), body })).json()
})
afterAll(() => api[Symbol.asyncDispose]())

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const token = (fields: Record<string, string> | string, headers: Record<string, string> = {}) =>
  api.call('POST /oauth/token', { body: new URLSearchParams(fields).toString(), headers: { ...form, ...headers } })
const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })
const grant = { grant_type: 'client_credentials' }

test('an API client gets a token, with its credentials in the header or in the form, and uses it', async () => {
  const inHeader = await token(grant, basic(client.id, client.clientSecret))
  expect(inHeader.json()).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 900,
    scope: 'ftp_client:read transfer:read',
  })
  expect(inHeader.headers['cache-control']).toBe('no-store')
  const inForm = await token({ ...grant, client_id: client.id, client_secret: client.clientSecret, scope: 'transfer:read' })
  const me = await api.call('GET /v1/me', { token: inForm.json().access_token })
  expect(me.json()).toMatchObject({
    kind: 'api_client',
    label: 'SAP',
    scopes: ['transfer:read'],
    workspaces: [{ workspaceId: client.workspaceId }],
  })
})

test.each([
  ['a wrong secret', () => token(grant, basic(client.id, 'wrong')), 401, 'invalid_client'],
  ['no credentials', () => token(grant), 401, 'invalid_client'],
  ['another grant', () => token({ grant_type: 'password' }, basic(client.id, client.clientSecret)), 400, 'unsupported_grant_type'],
  ['a scope it has not', () => token({ ...grant, scope: 'import:create' }, basic(client.id, client.clientSecret)), 400, 'invalid_scope'],
  ['a parameter sent twice', () => token('grant_type=client_credentials&grant_type=password'), 400, 'invalid_request'],
  [
    'credentials sent twice',
    () => token({ ...grant, client_id: client.id, client_secret: 'x' }, basic(client.id, 'x')),
    400,
    'invalid_request',
  ],
  ['JSON', () => api.call('POST /oauth/token', { body: grant }), 415, 'invalid_request'],
])('%s is refused in the words of RFC 6749', async (_, ask, status, error) => {
  const reply = await ask()
  expect(reply.statusCode).toBe(status)
  expect(reply.json()).toEqual({ error, error_description: expect.stringMatching(/^[\x20-\x7e]+$/) })
  if (status === 401) expect(reply.headers['www-authenticate']).toMatch(/^Basic/)
})

test('a token is worth nothing once it was revoked', async () => {
  const { access_token } = (await token(grant, basic(client.id, client.clientSecret))).json()
  const revoke = (fields: Record<string, string>) =>
    api.call('POST /oauth/revoke', {
      body: new URLSearchParams(fields).toString(),
      headers: { ...form, ...basic(client.id, client.clientSecret) },
    })
  expect((await revoke({ token: 'unknown' })).statusCode).toBe(200)
  expect((await revoke({ token: access_token })).statusCode).toBe(200)
  expect((await api.call('GET /v1/me', { token: access_token })).json()).toMatchObject({ status: 401, code: 'access.token_revoked' })
})

test('others can learn where tokens come from and what signed them', async () => {
  const metadata = (await api.call('GET /.well-known/oauth-authorization-server')).json()
  expect(metadata).toMatchObject({ issuer: 'https://drayage.example.com', token_endpoint: 'https://drayage.example.com/oauth/token' })
  const { keys } = (await api.call('GET /.well-known/jwks.json')).json()
  expect(keys).toHaveLength(2)
  for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
})
