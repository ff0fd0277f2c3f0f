import { randomUUID } from 'node:crypto'
import { generateApiKeyring } from '@drayage/core/access/api-keyring'
import { generateKeyring, keyringText, parseKeyring, publicHalf } from '@drayage/core/keyring'
import { newClient } from '@drayage/core/testing/new-client'
import { freePort } from '@drayage/db/embedded'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiDeath } from './harness/api-victim.ts'
import { type Running, runProcess } from './run-process.ts'

/** An API process dies over a change; whoever asked asks the next one again, with the same key. */

const operator = { email: 'asha@drayage.example', password: 'correct horse battery staple' }
let database: TestDatabase
let env: Record<string, string>
let url: string

beforeAll(async () => {
  database = await testDatabase()
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  env = {
    DATABASE_URL: database.url,
    HOST: '127.0.0.1',
    PORT: String(port),
    ENVIRONMENT: 'sandbox',
    SECRETS_KEYRING: keyringText(publicHalf(parseKeyring(generateKeyring()))),
    API_KEYRING: generateApiKeyring(),
    MAIL_FROM: 'drayage@example.com',
    BOOTSTRAP_EMAIL: operator.email,
    BOOTSTRAP_PASSWORD: operator.password,
  }
})
afterAll(() => database[Symbol.asyncDispose]())

async function startApi(death?: ApiDeath): Promise<Running> {
  const running = runProcess('test/journeys/harness/api-victim.ts', { ...env, ...(death && { API_DIES: death }) })
  await running.until(/Server listening/)
  return running
}

type Asked = { token?: string; key?: string; body: object }
async function post<Json = { id: string }>(path: string, { token, key, body }: Asked): Promise<{ status: number; json: Json }> {
  const headers = {
    'content-type': 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
    ...(key && { 'idempotency-key': key }),
  }
  const reply = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: reply.status, json: (await reply.json()) as Json }
}

async function workspaceOf(name: string): Promise<{ token: string; workspaceId: string }> {
  const { json: session } = await post<{ accessToken: string }>('/v1/sessions', { body: operator })
  const token = session.accessToken
  const { json: workspace } = await post('/v1/workspaces', { token, body: { name } })
  return { token, workspaceId: workspace.id }
}

const deaths: ApiDeath[] = ['before the commit', 'before the reply']

/** What a change leaves behind: the client, what the trail says of it, and the mail about it. */
async function effects(workspaceId: string): Promise<Record<string, number>> {
  const { rows } = await database.owner.query(
    `select (select count(*) from ftp_clients where workspace_id = $1)::integer as clients,
            (select count(*) from audit_events where workspace_id = $1 and action = 'ftp_client.created')::integer as events,
            (select count(*) from outbox where workspace_id = $1)::integer as letters`,
    [workspaceId],
  )
  return rows[0]
}

test.each(deaths)('killed right %s of a change, it has one effect when it is asked for again', async (death) => {
  await using victim = await startApi(death)
  const { token, workspaceId } = await workspaceOf(`REST, ${death}`)
  const asked = { token, key: randomUUID(), body: newClient(workspaceId) }
  await expect(post('/v1/ftp-clients', asked)).rejects.toThrow('fetch failed')
  await victim.ended
  const left = await effects(workspaceId)
  expect(left.clients).toBe(death === 'before the reply' ? 1 : 0)

  await using _ = await startApi()
  const again = await post('/v1/ftp-clients', asked)
  expect(again.status).toBe(201)
  expect(await post('/v1/ftp-clients', asked)).toEqual(again)
  expect(await effects(workspaceId)).toEqual({ clients: 1, events: 1, letters: 1 })
})

test.each(deaths)('the same over GraphQL: killed right %s', async (death) => {
  await using victim = await startApi(death)
  const { token, workspaceId } = await workspaceOf(`GraphQL, ${death}`)
  const query = 'mutation ($input: CreateFtpClientInput!) { createFtpClient(input: $input) { id label status createdAt } }'
  const asked = { token, key: randomUUID(), body: { query, variables: { input: newClient(workspaceId) } } }
  await expect(post('/graphql', asked)).rejects.toThrow('fetch failed')
  await victim.ended

  await using _ = await startApi()
  const again = await post<{ data: { createFtpClient: { id: string } }; errors?: object[] }>('/graphql', asked)
  expect(again.json.errors).toBeUndefined()
  expect(await post('/graphql', asked)).toEqual(again)
  expect(await effects(workspaceId)).toEqual({ clients: 1, events: 1, letters: 1 })
})
