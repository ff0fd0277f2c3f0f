import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { freePort } from '@drayage/db/embedded'
import { logInAsCustomer } from '@drayage/standalone/customer'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { register } from './harness/register.ts'
import { type Running, runProcess } from './run-process.ts'

/** What an administrator and an ERP do over HTTP, knowing the contract alone. */

const soon = { timeout: 30_000, interval: 100 }
const operator = { email: 'asha@drayage.example', password: 'correct horse battery staple' }
const workspaceName = 'Lotus Mills'

let dataDir: string
let url: string
let running: Running
let practice: { host: string; port: number; username: string; password: string }
let person: string
let workspaceId: string
let dropped: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'drayage-api-'))
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  running = runProcess('services/standalone/src/main.ts', {
    DATA_DIR: dataDir,
    PORT: String(port),
    BOOTSTRAP_EMAIL: operator.email,
    BOOTSTRAP_PASSWORD: operator.password,
  })
  const [, at = '', password = ''] = await running.until(/sftp -P (\d+) practice@127\.0\.0\.1\s+\(password: (\S+)\)/)
  practice = { host: '127.0.0.1', port: Number(at), username: 'practice', password }
  await mkdir(join(dataDir, 'practice/lotus'))
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

type Asked = { token?: string; headers?: Record<string, string>; body?: object | string }
type Thing = { id: string } & Record<string, unknown>
type Reply<Json> = { status: number; headers: Headers; text: string; json: Json }

async function call<Json = Thing>(line: string, { token, headers = {}, body }: Asked = {}): Promise<Reply<Json>> {
  const [method, path] = line.split(' ') as [string, string]
  const asJson = typeof body === 'object'
  const reply = await fetch(url + path, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(asJson && { 'content-type': 'application/json' }), ...headers },
    body: asJson ? JSON.stringify(body) : body,
  })
  const text = await reply.text()
  const isJson = reply.headers.get('content-type')?.includes('json') === true
  return { status: reply.status, headers: reply.headers, text, json: isJson ? JSON.parse(text) : undefined }
}

/** The transfer, when it has come to its end. */
async function ended(id: string, token: string): Promise<Thing> {
  return vi.waitFor(async () => {
    const { json } = await call(`GET /v1/transfers/${id}`, { token })
    expect(json.endedAt, JSON.stringify(json)).toEqual(expect.any(String))
    return json
  }, soon)
}

test('the operator logs in, makes a workspace once however often it is asked for, and licenses it', async () => {
  const session = await call('POST /v1/sessions', { body: operator })
  expect(session).toMatchObject({ status: 201, json: { user: { email: operator.email } } })
  person = String(session.json.accessToken)
  expect((await call('GET /v1/me', { token: person })).json).toMatchObject({ email: operator.email, operator: true })

  const asked = { token: person, headers: { 'idempotency-key': 'lotus-1' }, body: { name: workspaceName } }
  const made = await call('POST /v1/workspaces', asked)
  const again = await call('POST /v1/workspaces', asked)
  expect(made.status).toBe(201)
  expect([again.status, again.text]).toEqual([made.status, made.text])
  workspaceId = made.json.id
  const listed = await call<{ items: Thing[] }>('GET /v1/workspaces', { token: person })
  expect(listed.json.items.filter(({ name }) => name === workspaceName)).toHaveLength(1)

  const licence = await call(`PUT /v1/workspaces/${workspaceId}/licences/gst`, {
    token: person,
    body: { validUntil: '2099-03-31T18:30:00Z' },
  })
  expect(licence).toMatchObject({ status: 200, json: { product: 'gst' } })
})

test('an SFTP client is made, tested and activated on the host key that the test saw; a dropped file is answered', async () => {
  const made = await call('POST /v1/ftp-clients', {
    token: person,
    body: {
      ...{ workspaceId, product: 'gst', label: 'Tally', protocol: 'sftp', ...practice, baseDirectory: '/lotus' },
      ...{ pollIntervalSeconds: 2, quietSeconds: 2 },
    },
  })
  expect(made, made.text).toMatchObject({ status: 201, json: { status: 'draft', hasPassword: true } })
  expect(made.text).not.toContain(practice.password)

  const started = await call('POST /v1/connection-tests', { token: person, body: { ftpClientId: made.json.id } })
  expect(started.status, started.text).toBe(202)
  const tested = await call<{ observedHostKey: { fingerprint: string } }>(`GET ${started.headers.get('location')}`, {
    token: person,
    headers: { prefer: 'wait=25' },
  })
  expect(tested.json, tested.text).toMatchObject({
    status: 'passed',
    checks: { connection: { status: 'passed' }, permissions: { status: 'passed' }, directories: { status: 'passed' } },
    observedHostKey: { fingerprint: expect.stringMatching(/^SHA256:/), trusted: false },
  })
  const { fingerprint } = tested.json.observedHostKey
  const activate = (body: object) => call(`POST /v1/ftp-clients/${made.json.id}/activate`, { token: person, body })
  expect((await activate({ connectionTestId: started.json.id })).status).toBe(409)
  const active = await activate({ connectionTestId: started.json.id, acceptHostKey: fingerprint })
  expect(active, active.text).toMatchObject({ status: 200, json: { status: 'active', trustedHostKeys: [fingerprint] } })

  using customer = await logInAsCustomer(practice)
  await customer.drop('/lotus/CLEARTAX/UPLOAD_SALES/INPUT/INIT/june.csv', Readable.from([register]))
  dropped = await vi.waitFor(async () => {
    const { json } = await call<{ items: Thing[] }>(`GET /v1/transfers?ftpClientId=${made.json.id}`, { token: person })
    expect(json.items).toHaveLength(1)
    return json.items[0]?.id ?? ''
  }, soon)
  expect(await ended(dropped, person)).toMatchObject({
    ...{ state: 'archived', fileName: 'june.csv', ftpClientId: made.json.id, mode: 'live' },
    outcome: { rows: 2, accepted: 1, rejected: 1 },
  })
  expect(await customer.list('/lotus/CLEARTAX/UPLOAD_SALES/OUTPUT/SUCCESS')).toEqual(['june.csv'])
})

test('its issues name row, column and reason; its result files and its original can be had', async () => {
  const { json: issues } = await call(`GET /v1/transfers/${dropped}/issues`, { token: person })
  expect(issues).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ row: 2, severity: 'error', column: expect.any(String) })]),
  })

  type WithOutputs = { outputs: { kind: string; sha256: string }[] }
  const { outputs } = (await call<WithOutputs>(`GET /v1/transfers/${dropped}`, { token: person })).json
  expect(outputs.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['success', 'upload_error']))
  for (const { kind, sha256 } of outputs) {
    const file = await call(`GET /v1/transfers/${dropped}/outputs/${kind}`, { token: person })
    expect([kind, createHash('sha256').update(file.text).digest('hex')]).toEqual([kind, sha256])
    expect(file.text).toContain(kind === 'success' ? 'INV-1' : 'INV-2')
  }
  expect((await call(`GET /v1/transfers/${dropped}/original`, { token: person })).text).toBe(register)
})

test('an ERP gets a token and imports a file without a server; what was sent before is not imported twice', async () => {
  const client = await call('POST /v1/api-clients', {
    token: person,
    body: { workspaceId, label: 'ERP', product: 'gst', scopes: ['import:create', 'transfer:read'] },
  })
  expect(client.status, client.text).toBe(201)
  const basic = Buffer.from(`${client.json.id}:${client.json.clientSecret}`).toString('base64')
  const granted = await call('POST /oauth/token', {
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  })
  expect(granted, granted.text).toMatchObject({ status: 200, json: { token_type: 'Bearer', expires_in: expect.any(Number) } })
  const token = String(granted.json.access_token)

  const july = register.replaceAll('INV-', 'JUL-')
  const send = (key: string) =>
    call(`POST /v1/imports?workspaceId=${workspaceId}&product=gst&action=upload_sales&fileName=july.csv`, {
      ...{ token, headers: { 'content-type': 'text/csv', 'idempotency-key': key }, body: july },
    })
  const taken = await send('july')
  expect(taken.status, taken.text).toBe(202)
  expect(await ended(taken.json.id, token)).toMatchObject({ outcome: { rows: 2, accepted: 1, rejected: 1 } })
  expect((await send('july')).json.id).toBe(taken.json.id)
  const twice = await send('july-again')
  expect(await ended(twice.json.id, token)).toMatchObject({ outcome: { alreadyImported: { transferId: taken.json.id } } })
  expect((await call('GET /v1/workspaces', { token })).status).toBe(403)
})

test('GraphQL tells the same of a transfer as REST', async () => {
  const query = `query ($id: ID!) { transfer(id: $id) {
    id state fileName outcome { rows accepted rejected } outputs { kind sha256 }
    issues(first: 10) { edges { node { row column severity code message } } } ftpClient { label } workspace { name }
  } }`
  type Answer = { data: { transfer: Thing & { issues: { edges: { node: object }[] } } }; errors?: unknown }
  const { json: answer } = await call<Answer>('POST /graphql', { token: person, body: { query, variables: { id: dropped } } })
  const { json: rest } = await call(`GET /v1/transfers/${dropped}`, { token: person })
  const { json: issues } = await call(`GET /v1/transfers/${dropped}/issues`, { token: person })
  expect(answer.errors).toBeUndefined()
  const { issues: connection, ftpClient, workspace, ...same } = answer.data.transfer
  expect(rest).toMatchObject(same)
  expect(issues).toMatchObject({ items: connection.edges.map(({ node }) => node) })
  expect({ ftpClient, workspace }).toEqual({ ftpClient: { label: 'Tally' }, workspace: { name: workspaceName } })
})
