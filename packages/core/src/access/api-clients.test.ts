import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { createFtpClient } from '../ftp-clients/create.ts'
import { listFtpClients } from '../ftp-clients/read.ts'
import { newId } from '../id.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { testCredentials } from '../testing/credentials.ts'
import { newClient } from '../testing/new-client.ts'
import { type TestWorkspace, testWorkspace } from '../testing/people.ts'
import { createApiClient, deleteApiClient, getApiClient, listApiClients } from './api-clients.ts'
import { openBearers } from './bearer.ts'
import { exchangeClientCredentials, revokeToken } from './client-credentials.ts'
import { newClientSecret } from './client-secret.ts'
import { credentialsOf } from './credentials.ts'
import { getMe } from './me.ts'
import { deleteApiClientSecret, rotateApiClientSecret } from './rotate-secret.ts'

let database: TestDatabase
let ctx: TestContext
let home: TestWorkspace
let admin: TestContext
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database, actor: { kind: 'anonymous' }, credentials: testCredentials() })
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  home = await testWorkspace(ctx)
  admin = home.admin
})

const fault = (code: string) => expect.objectContaining({ code })
const scopes = ['ftp_client:read', 'ftp_client:poll']
const make = (fields: Record<string, unknown> = {}, as = admin) =>
  createApiClient.run(as, { workspaceId: home.workspaceId, label: 'SAP', scopes, ...fields })
let addresses = 0
const elsewhere = (address = `203.0.113.${++addresses}`): Context => ({ ...ctx, request: { id: newId(), address } })
const exchange = (client: { id: string; clientSecret: string }, more: Record<string, unknown> = {}, as = elsewhere()) =>
  exchangeClientCredentials.run(as, {
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: client.clientSecret,
    ...more,
  })
const actorOf = async (token: { access_token: string }, bearers = openBearers(ctx.db)) => {
  const claims = await credentialsOf(ctx).verify(token.access_token)
  if (claims === undefined) throw new Error('the token is not good')
  return bearers.actorOf(claims)
}

test('a secret is shown once and kept as a hash', async () => {
  const made = await make()
  expect(made.clientSecret).toMatch(/^dry_sandbox_client_/)
  expect(made.secrets).toMatchObject([{ last4: expect.stringMatching(/^\w{4}$/), expiresAt: null, lastUsedAt: null }])
  const shown = await getApiClient.run(admin, { id: made.id })
  expect(JSON.stringify(shown)).not.toContain(made.clientSecret)
  expect((await listApiClients.run(admin, {})).items).toEqual([shown])
  const { rows } = await database.owner.query(
    'select to_jsonb(s)::text as kept from api_client_secrets s union all select to_jsonb(a)::text from audit_events a',
  )
  const [, , , , random] = made.clientSecret.split('_')
  expect(rows.map((row) => row.kept).join('\n')).not.toContain(random)
})

test('an ERP gets a token with its secret, and does with it what it was given', async () => {
  const client = await make({ product: 'gst' })
  await createFtpClient.run(admin, newClient(home.workspaceId))
  const token = await exchange(client)
  expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'ftp_client:poll ftp_client:read' })
  const erp = { ...ctx, actor: await actorOf(token) }
  expect(await getMe.run(erp, {})).toMatchObject({
    kind: 'api_client',
    label: 'SAP',
    workspaces: [{ workspaceId: home.workspaceId, products: ['gst'] }],
  })
  expect((await listFtpClients.run(erp, {})).items).toHaveLength(1)
  await expect(createFtpClient.run(erp, newClient(home.workspaceId, { baseDirectory: '/erp' }))).rejects.toEqual(
    fault('access.not_permitted'),
  )
  await expect(createApiClient.run(erp, { workspaceId: home.workspaceId, label: 'more', scopes })).rejects.toEqual(
    fault('access.not_permitted'),
  )
  const { secrets } = await getApiClient.run(admin, { id: client.id })
  expect(secrets[0]?.lastUsedAt).not.toBeNull()
})

test('a token may be given less than the client has, and nothing more', async () => {
  const client = await make()
  const token = await exchange(client, { scope: 'ftp_client:read' })
  expect(token.scope).toBe('ftp_client:read')
  expect(await actorOf(token)).toMatchObject({ scopes: ['ftp_client:read'] })
  await expect(exchange(client, { scope: 'ftp_client:read licence:read' })).rejects.toEqual(fault('oauth.invalid_scope'))
  await expect(exchange(client, { grant_type: 'password' })).rejects.toEqual(fault('oauth.unsupported_grant_type'))
  await expect(exchange(client, { grant_type: undefined })).rejects.toEqual(fault('oauth.invalid_request'))
})

test('a wrong secret gets nothing, whoever’s it is, and is told where the administrators look', async () => {
  const [client, other] = [await make(), await make()]
  const wrong = [newClientSecret('sandbox').text, other.clientSecret, `${client.clientSecret}x`, '']
  for (const clientSecret of wrong) await expect(exchange({ id: client.id, clientSecret })).rejects.toEqual(fault('oauth.invalid_client'))
  await expect(exchange({ id: newId(), clientSecret: client.clientSecret })).rejects.toEqual(fault('oauth.invalid_client'))
  await expect(exchange({ id: 'not an id', clientSecret: client.clientSecret })).rejects.toEqual(fault('oauth.invalid_client'))
  const { rows } = await database.owner.query(
    "select subject_id from audit_events where action = 'api_client.refused' and workspace_id = $1",
    [home.workspaceId],
  )
  expect(rows).toEqual([{ subject_id: client.id }, { subject_id: client.id }])
})

test('who tries wrong secrets is slowed down, and locks nobody out', async () => {
  const client = await make()
  const attacker = elsewhere('198.51.100.99')
  const codes: string[] = []
  for (let tries = 0; tries < 8; tries++) {
    const wrong = { id: client.id, clientSecret: newClientSecret('sandbox').text }
    codes.push((await exchange(wrong, {}, attacker).catch((error) => error)).code)
  }
  expect(codes).toContain('access.too_many_attempts')
  expect((await exchange(client, {}, attacker)).token_type).toBe('Bearer')
})

test('during a rotation both secrets open, and a third is not made', async () => {
  const client = await make()
  const { clientSecret } = await rotateApiClientSecret.run(admin, { id: client.id })
  const rotated = { id: client.id, clientSecret }
  expect((await exchange(client)).expires_in).toBe(900)
  expect((await exchange(rotated)).expires_in).toBe(900)
  await expect(rotateApiClientSecret.run(admin, { id: client.id })).rejects.toEqual(fault('api_client.two_secrets'))
  const { secrets } = await getApiClient.run(admin, { id: client.id })
  expect(secrets.map((secret) => secret.expiresAt === null)).toEqual([true, false])

  await database.owner.query("update api_client_secrets set expires_at = clock_timestamp() + interval '60 s' where expires_at is not null")
  expect((await exchange(client)).expires_in).toBeLessThanOrEqual(60)
  await database.owner.query('update api_client_secrets set expires_at = clock_timestamp() where expires_at is not null')
  await expect(exchange(client)).rejects.toEqual(fault('oauth.invalid_client'))
  expect((await exchange(rotated)).expires_in).toBe(900)
})

test('a deleted secret, a deleted client and a revoked token are worth nothing once the memory of them is over', async () => {
  const client = await make()
  const { id: secretId, clientSecret } = await rotateApiClientSecret.run(admin, { id: client.id })
  const rotated = { id: client.id, clientSecret }
  const [first, second, third] = [await exchange(client), await exchange(rotated), await exchange(rotated)]
  const noMemory = openBearers(ctx.db, { cacheMs: 0 })
  const longMemory = openBearers(ctx.db, { cacheMs: 60_000 })
  await actorOf(second, longMemory)

  expect(await revokeToken.run(ctx, { token: third.access_token, client_id: client.id, client_secret: clientSecret })).toEqual({
    revoked: true,
  })
  await expect(actorOf(third, noMemory)).rejects.toEqual(fault('access.token_revoked'))
  await deleteApiClientSecret.run(admin, { id: client.id, secretId })
  await expect(actorOf(second, noMemory)).rejects.toEqual(fault('access.token_revoked'))
  expect((await actorOf(second, longMemory)).kind).toBe('api_client')
  await expect(deleteApiClientSecret.run(admin, { id: client.id, secretId })).rejects.toEqual(fault('api_client.secret_not_found'))

  expect((await actorOf(first, noMemory)).kind).toBe('api_client')
  await deleteApiClient.run(admin, { id: client.id })
  await expect(actorOf(first, noMemory)).rejects.toEqual(fault('access.token_revoked'))
  await expect(exchange(client)).rejects.toEqual(fault('oauth.invalid_client'))
  await expect(getApiClient.run(admin, { id: client.id })).rejects.toEqual(fault('api_client.not_found'))
})

test('a client revokes its own tokens only', async () => {
  const [client, other] = [await make(), await make()]
  const token = await exchange(client)
  const revoke = (by: { id: string; clientSecret: string }, text = token.access_token) =>
    revokeToken.run(ctx, { token: text, client_id: by.id, client_secret: by.clientSecret })
  expect(await revoke(other)).toEqual({ revoked: false })
  expect(await revoke(client, 'no.such.token')).toEqual({ revoked: false })
  expect((await actorOf(token)).kind).toBe('api_client')
})

test('a product admin makes API clients for their products only, and sees no others', async () => {
  const gst = await home.productAdmin(['gst'])
  const whole = await make()
  const theirs = await make({ product: 'max_itc' })
  await expect(make({}, gst)).rejects.toEqual(fault('api_client.needs_product'))
  await expect(make({ product: 'max_itc' }, gst)).rejects.toEqual(fault('access.not_permitted'))
  const own = await make({ product: 'gst' }, gst)
  expect((await listApiClients.run(gst, {})).items.map((item) => item.id)).toEqual([own.id])
  for (const { id } of [whole, theirs]) {
    await expect(getApiClient.run(gst, { id })).rejects.toEqual(fault('api_client.not_found'))
    await expect(rotateApiClientSecret.run(gst, { id })).rejects.toEqual(fault('api_client.not_found'))
    await expect(deleteApiClient.run(gst, { id })).rejects.toEqual(fault('api_client.not_found'))
  }
  const stranger = (await testWorkspace(ctx)).admin
  await expect(deleteApiClient.run(stranger, { id: own.id })).rejects.toEqual(fault('api_client.not_found'))
})

test('a scope that API clients cannot have is refused', async () => {
  for (const scope of ['member:create', 'api_client:create', 'everything']) {
    await expect(make({ scopes: [scope] })).rejects.toMatchObject({
      details: { errors: [{ pointer: '/scopes/0', code: 'scope_unknown' }] },
    })
  }
})
