import { newClient } from '@drayage/core/testing/new-client'
import { testWorkspace } from '@drayage/core/testing/people'
import { salesRegister } from '@drayage/core/testing/sales-register'
import { setLicence } from '@drayage/core/workspaces/licences'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { canary, placesOf, type Watched, watched } from './canary.fixture.ts'
import type { TestRequest } from './testing.ts'

/** What people and ERPs type or are given, each to be found in its own place only. */
const typed = { password: canary(), wrongPassword: canary(), bearer: canary(), query: canary(), broken: canary(), graphql: canary() }
const server = { password: canary(), newPassword: canary(), privateKey: canary(), passphrase: canary() }
const given = new Set<string>()
/** Of links in letters: the one kind of secret that is mailed. */
const mailed: string[] = []
const cells = { good: canary(), bad: canary() }

let all: Watched
/** Replies that tell of a mistake, and replies that hand out no secret. */
const refusals: string[] = []
const replies: string[] = []
beforeAll(async () => {
  all = await watched()
  await usePeople()
  const { token, workspaceId } = await useWorkspace()
  await useApiClient(token, workspaceId)
  await useFtpClient(token, workspaceId)
  await useFiles(token, workspaceId)
  await makeMistakes(token, workspaceId)
  await all.work()
})
afterAll(() => all[Symbol.asyncDispose]())

async function call(line: string, request: TestRequest & { shows?: readonly string[] } = {}): Promise<Reply> {
  const { shows = [], ...rest } = request
  const [where] = line.split('?')
  const reply = await all.api.call(line, rest)
  if (reply.statusCode > 399) refusals.push(`${where} ${reply.body}`)
  else if (shows.length === 0) replies.push(`${where} ${reply.body}`)
  const body = reply.headers['content-type']?.includes('json') ? reply.json() : {}
  for (const name of shows) given.add(body[name])
  return body
}

/** As much of it as the story goes on with. */
type Reply = { [Name in 'id' | 'clientSecret' | 'accessToken' | 'refreshToken' | 'access_token']: string } & {
  observedHostKey?: { fingerprint: string }
}

const tokens = ['accessToken', 'refreshToken']
const email = 'canary@example.com'

async function usePeople() {
  const { api, work } = all
  const { workspaceId, admin } = await testWorkspace(api.ctx)
  const token = await api.logIn(admin)
  given.add(token)
  await call(`POST /v1/workspaces/${workspaceId}/members`, { token, body: { email, role: 'product_admin', products: ['gst'] } })
  await work()
  const link = /#token=(\S+)/.exec(api.ctx.mailbox.at(-1)?.text ?? '')?.[1] ?? ''
  mailed.push(link)
  await call('POST /v1/passwords', { body: { token: link, password: typed.password } })
  await call('POST /v1/passwords', { body: { token: link, password: typed.wrongPassword } })
  await call('POST /v1/sessions', { body: { email, password: typed.wrongPassword } })
  const { refreshToken } = await call('POST /v1/sessions', { body: { email, password: typed.password }, shows: tokens })
  const { accessToken } = await call('POST /v1/sessions/refresh', { body: { refreshToken }, shows: tokens })
  await call('POST /v1/sessions/refresh', { body: { refreshToken } })
  await call('GET /v1/me', { token: accessToken })
  await call('DELETE /v1/sessions/current', { token: accessToken })
}

async function useWorkspace() {
  const { workspaceId, operator, admin } = await testWorkspace(all.api.ctx)
  await setLicence.run(operator, { workspaceId, product: 'gst', validUntil: '2999-01-01T00:00:00Z' })
  const token = await all.api.logIn(admin)
  given.add(token)
  return { workspaceId, token }
}

async function useApiClient(token: string, workspaceId: string) {
  const body = { workspaceId, label: 'SAP', scopes: ['transfer:read'] }
  const headers = { 'idempotency-key': 'the-very-same' }
  const { id, clientSecret } = await call('POST /v1/api-clients', { token, body, headers, shows: ['clientSecret'] })
  await call('POST /v1/api-clients', { token, body, headers })
  await call(`POST /v1/api-clients/${id}/secrets`, { token, body: {}, shows: ['clientSecret'] })
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const grant = { grant_type: 'client_credentials', client_id: id }
  const post = (line: string, fields: Record<string, string>, shows: string[] = []) =>
    call(line, { body: new URLSearchParams({ ...grant, ...fields }).toString(), headers: form, shows })
  const { access_token } = await post('POST /oauth/token', { client_secret: clientSecret }, ['access_token'])
  await post('POST /oauth/token', { client_secret: clientSecret, scope: 'import:create' })
  await post('POST /oauth/token', { client_secret: typed.wrongPassword })
  await post('POST /oauth/revoke', { client_secret: clientSecret, token: access_token })
  await call('GET /v1/transfers', { token: access_token })
  await call(`GET /v1/api-clients/${id}`, { token })
}

async function useFtpClient(token: string, workspaceId: string) {
  const { password, newPassword, passphrase } = server
  const privateKey = `-----BEGIN PRIVATE KEY-----\n${server.privateKey}\n-----END PRIVATE KEY-----`
  const body = newClient(workspaceId, { password, privateKey, passphrase, quietSeconds: 0, notificationEmails: ['desk@example.com'] })
  await call('POST /v1/connection-tests', { token, body, headers: { 'idempotency-key': 'an-unsaved-one' } })
  const { id } = await call('POST /v1/ftp-clients', { token, body, headers: { 'idempotency-key': 'a-saved-one' } })
  await call('POST /v1/ftp-clients', { token, body })
  await call(`PATCH /v1/ftp-clients/${id}`, { token, body: { password: newPassword }, headers: { 'if-match': '"1"' } })
  all.server.password = newPassword
  await all.server.open().makeDirectory('/data')
  const { id: connectionTestId } = await call('POST /v1/connection-tests', { token, body: { ftpClientId: id } })
  await all.work()
  const { observedHostKey } = await call(`GET /v1/connection-tests/${connectionTestId}`, { token })
  await call(`POST /v1/ftp-clients/${id}/activate`, { token, body: { connectionTestId, acceptHostKey: observedHostKey?.fingerprint } })
  const inbox = '/data/CLEARTAX/UPLOAD_SALES/INPUT/INIT'
  all.server.put(`${inbox}/june.csv`, register('dropped'))
  await call(`POST /v1/ftp-clients/${id}/poll`, { token })
  await all.work()
}

const register = (mark: string) =>
  salesRegister([
    { number: `${mark}1`, item: cells.good },
    { number: `${mark}2`, bad: true, item: cells.bad },
  ])

async function useFiles(token: string, workspaceId: string) {
  const line = `POST /v1/imports?workspaceId=${workspaceId}&product=gst&action=upload_sales&fileName=july.csv`
  const text = register('sent').replace('much', cells.bad)
  await call(line, { token, body: text, headers: { 'content-type': 'text/csv' } })
  await all.work()
  await call(`GET /v1/transfers?workspaceId=${workspaceId}`, { token })
}

async function makeMistakes(token: string, workspaceId: string) {
  const json = { 'content-type': 'application/json' }
  await call('POST /v1/sessions', { body: `{"email":"${email}","password":"${typed.broken}`, headers: json })
  await call('POST /v1/sessions', { body: { email, password: [typed.broken] } })
  await call('POST /v1/sessions', { body: { email: typed.broken, password: typed.broken, secret: typed.broken } })
  await call('POST /v1/sessions', { body: `password=${typed.broken}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  await call(`GET /v1/workspaces?token=${typed.query}`, { token })
  await call(`GET /v1/nothing?access_token=${typed.query}`)
  await call('GET /v1/me', { token: typed.bearer })
  await call('GET /v1/me', { headers: { authorization: `Basic ${typed.bearer}`, cookie: `session=${typed.bearer}` } })
  const wrong = { password: { text: server.password }, privateKey: [server.privateKey], passphrase: `${server.passphrase}\n` }
  await call('POST /v1/ftp-clients', { token, body: newClient(workspaceId, wrong) })
  await call('POST /v1/connection-tests', { token, body: newClient(workspaceId, { ...wrong, port: server.password }) })
  const query = 'mutation ($input: CreateSessionInput!) { createSession(input: $input) { expiresIn } }'
  const { graphql } = typed
  const asked = [
    { query, variables: { input: { email, password: graphql } } },
    { query, variables: { input: { email, password: [graphql] } } },
    { query, variables: { input: { email, password: graphql, more: graphql } } },
    { query, variables: { input: graphql } },
    { query: `mutation { createSession(input: { email: "a", password: "${graphql}" }) { expiresIn } }` },
    { query: `mutation { createSession(input: { email: "a", password: "${graphql}" more: "${graphql}" }) { expiresIn } }` },
    { query: `mutation { createSession(input: "${graphql}") { expiresIn } }` },
    { query: `mutation { createSession(input: { password: "${graphql}` },
  ]
  for (const body of asked) {
    const reply = await all.api.call('POST /graphql', { body })
    refusals.push(`${JSON.stringify(Object.keys(body))} ${reply.body}`)
  }
}

const secrets = () => [...Object.values(typed), ...Object.values(server), ...given]
const holding = (texts: readonly string[], wanted: readonly string[]) => texts.filter((text) => wanted.some((one) => text.includes(one)))

test('the story went as it is told', () => {
  expect(given.size).toBe(9)
  for (const text of [...given, ...mailed]) expect(text).toMatch(/\S{30}/)
  expect(replies.filter((line) => line.includes('/activate'))).toEqual([expect.stringContaining('"status":"active"')])
  expect(replies.at(-1)).toMatch(/july\.csv.*june\.csv/)
  expect(refusals.length).toBeGreaterThan(20)
})

test('no secret stands anywhere in the database', async () => {
  expect(await placesOf(all.api.database, [...secrets(), ...mailed])).toEqual([])
})

test('cells stand where a file and what was found in it are kept, and nowhere else', async () => {
  expect(await placesOf(all.api.database, Object.values(cells))).toEqual([
    'file_chunks.bytes',
    'gst_document_lines.item_description',
    'transfer_issues.message',
    'transfer_issues.value',
  ])
})

test('no log line, job or metric tells of a secret or a cell', async () => {
  const metrics = (await all.api.call('GET /metrics')).body
  const wanted = [...secrets(), ...mailed, ...Object.values(cells)]
  expect(all.logged.length).toBeGreaterThan(50)
  expect(holding([...all.logged, ...all.queued, metrics], wanted)).toEqual([])
})

test('no mail tells of a secret or a cell, but for the link that it was written for', () => {
  const mails = all.api.ctx.mailbox.map((mail) =>
    JSON.stringify({ ...mail, attachments: mail.attachments?.map(({ content }) => `${content}`) }),
  )
  expect(mails).toHaveLength(9)
  expect(holding(mails, [...secrets(), ...Object.values(cells)])).toEqual([])
  expect(holding(mails, mailed)).toEqual([expect.stringContaining(email)])
})

test('no refusal repeats what was sent, and no reply a secret that was not made for it', () => {
  expect(holding(refusals, [...secrets(), ...mailed, ...Object.values(cells)])).toEqual([])
  expect(holding(replies, [...secrets(), ...mailed])).toEqual([])
})
