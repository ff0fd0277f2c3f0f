import { randomUUID } from 'node:crypto'
import { newClient } from '@drayage/core/testing/new-client'
import { type TestWorkspace, testWorkspace } from '@drayage/core/testing/people'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from './testing.ts'

let api: TestApi
let home: TestWorkspace
let token: string
beforeAll(async () => {
  api = await testApi()
  home = await testWorkspace(api.ctx)
  token = await api.logIn(home.admin)
})
afterAll(() => api[Symbol.asyncDispose]())

const post = (path: string, body: unknown, key: string, as = token) =>
  api.call(`POST ${path}`, { token: as, body, headers: { 'idempotency-key': key } })
const clientAt = (baseDirectory: string) => newClient(home.workspaceId, { baseDirectory })
const countOf = async (table: string, where: string) =>
  (await api.database.owner.query(`select count(*)::integer as count from ${table} where ${where}`)).rows[0].count

test('the same request again gets the same reply and has one effect', async () => {
  const key = randomUUID()
  const first = await post('/v1/ftp-clients', clientAt('/once'), key)
  const again = await post('/v1/ftp-clients', clientAt('/once'), `"${key}"`)
  expect(again.statusCode).toBe(201)
  expect(again.json()).toEqual(first.json())
  expect(again.headers).toMatchObject({ etag: '"1"', location: first.headers.location })
  expect(await countOf('ftp_clients', "base_directory = '/once'")).toBe(1)
})

test('many at once have one effect, and none is told anything else than its reply or to ask again', async () => {
  const key = randomUUID()
  const replies = await Promise.all(Array.from({ length: 6 }, () => post('/v1/ftp-clients', clientAt('/many'), key)))
  expect(await countOf('ftp_clients', "base_directory = '/many'")).toBe(1)
  const made = replies.filter((reply) => reply.statusCode === 201)
  expect(new Set(made.map((reply) => reply.json().id)).size).toBe(1)
  for (const reply of replies) {
    if (reply.statusCode !== 201) expect(reply.json().code).toMatch(/^(idempotency.in_flight|ftp_client.folder_taken)$/)
  }
  expect((await post('/v1/ftp-clients', clientAt('/many'), key)).json().id).toBe(made[0]?.json().id)
})

test('a key is for one request: another one with it is refused', async () => {
  const key = randomUUID()
  await post('/v1/ftp-clients', clientAt('/first'), key)
  const other = await post('/v1/ftp-clients', clientAt('/second'), key)
  expect(other.json()).toMatchObject({ status: 422, code: 'idempotency.other_payload' })
  const elsewhere = await post('/v1/connection-tests', clientAt('/first'), key)
  expect(elsewhere.json()).toMatchObject({ status: 422, code: 'idempotency.other_payload' })
})

test('the order of fields makes no other request', async () => {
  const key = randomUUID()
  const body = clientAt('/order')
  const first = await post('/v1/ftp-clients', body, key)
  const reversed = Object.fromEntries(Object.entries(body).reverse())
  expect((await post('/v1/ftp-clients', reversed, key)).json()).toEqual(first.json())
})

test('what was refused may be asked for again with the same key', async () => {
  const key = randomUUID()
  const { rows } = await api.database.owner.query('select count(*)::integer as count from idempotent_replies')
  expect((await post('/v1/ftp-clients', { ...clientAt('/mended'), port: 0 }, key)).statusCode).toBe(400)
  expect(await countOf('idempotent_replies', 'true')).toBe(rows[0].count)
  expect((await post('/v1/ftp-clients', clientAt('/mended'), key)).statusCode).toBe(201)
})

test('a secret is shown once: who asks again is told so', async () => {
  const key = randomUUID()
  const body = { workspaceId: home.workspaceId, label: 'SAP', scopes: ['transfer:read'] }
  const first = await post('/v1/api-clients', body, key)
  expect(first.json().clientSecret).toMatch(/^dry_/)
  expect((await post('/v1/api-clients', body, key)).json()).toMatchObject({ status: 409, code: 'idempotency.secret_already_shown' })
  expect(await countOf('api_clients', "label = 'SAP'")).toBe(1)
})

test('somebody else with the same key is somebody else', async () => {
  const other = await testWorkspace(api.ctx)
  const key = randomUUID()
  const mine = await post('/v1/ftp-clients', clientAt('/shared-key'), key)
  const theirs = await post(
    '/v1/ftp-clients',
    newClient(other.workspaceId, { baseDirectory: '/shared-key' }),
    key,
    await api.logIn(other.admin),
  )
  expect(theirs.statusCode).toBe(201)
  expect(theirs.json().id).not.toBe(mine.json().id)
})

test('a file that was taken is taken once, and another one is not taken for it', async () => {
  const key = randomUUID()
  const url = `/v1/imports?workspaceId=${home.workspaceId}&product=gst&action=upload_sales&fileName=sales.csv`
  const send = (body: string) => api.call(`POST ${url}`, { token, body, headers: { 'content-type': 'text/csv', 'idempotency-key': key } })
  const first = await send('a,b\n1,2\n')
  expect(first.statusCode).toBe(202)
  expect((await send('a,b\n1,2\n')).json()).toEqual(first.json())
  expect((await send('a,b\n3,4\n')).json()).toMatchObject({ status: 422, code: 'idempotency.other_payload' })
  expect(await countOf('transfers', "file_name = 'sales.csv'")).toBe(1)
})

test('what is kept can be read by nobody who has not the key', async () => {
  await post('/v1/ftp-clients', { ...clientAt('/canary'), label: 'canary-label' }, 'canary-key')
  const { rows } = await api.database.owner.query('select key, fingerprint, reply from idempotent_replies')
  const all = rows.map((row) => Buffer.concat([row.key, row.fingerprint, row.reply ?? Buffer.alloc(0)]).toString('latin1')).join()
  expect(all).not.toMatch(/canary-|ftpClient|notificationEmails/) // long enough not to be there by chance
})

test.each(['', ' ', 'a b', 'x'.repeat(256), 'ü'])('a key that is %j cannot be used', async (key) => {
  const reply = await post('/v1/ftp-clients', clientAt('/key'), key)
  expect(reply.json()).toMatchObject({ status: 400, code: 'idempotency.key_unreadable' })
})
