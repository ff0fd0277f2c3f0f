import { testWorkspace } from '@drayage/core/testing/people'
import { connect } from '@drayage/db/connect'
import { expect, onTestFinished, test, vi } from 'vitest'
import { buildApp } from '../app.ts'
import { type TestApi, testApi } from '../testing.ts'
import { type Answer, ask } from './graphql.fixture.ts'

const lists = Array.from({ length: 8 }, (_, at) => `a${at}: ftpClients(first: ${at + 1}) { edges { node { id } } }`).join(' ')

/** The same API with few connections, and somebody who may ask it. */
async function smallApi(api: TestApi, given: { statementMs?: number } = {}) {
  const token = await api.logIn((await testWorkspace(api.ctx)).admin)
  const db = connect({ url: api.database.url, role: 'drayage_api', connections: 4, waitMs: 500, ...given })
  const app = buildApp({ ...api.options, base: { ...api.options.base, db }, db })
  onTestFinished(() => app.close().then(() => db[Symbol.asyncDispose]()))
  return { app, token }
}

/** Keeps everybody who asks for FTP clients waiting, until it is disposed. */
async function lockClients(api: TestApi): Promise<AsyncDisposable> {
  const client = await api.database.owner.connect()
  await client.query('begin; lock table ftp_clients in access exclusive mode')
  return { [Symbol.asyncDispose]: () => client.query('rollback').then(() => client.release()) }
}

async function waiting(api: TestApi): Promise<number> {
  const asked = "select count(*)::int from pg_locks where relation = 'ftp_clients'::regclass and not granted"
  return (await api.database.owner.query(asked)).rows[0].count
}

test.each([
  ['fields of Query', `{ ${lists} }`],
  ['lists within a list', `{ workspaces { edges { node { ${lists} } } } }`],
])('one request for many %s that are slow leaves connections for others, and for readiness', async (_, question) => {
  await using api = await testApi()
  const { app, token } = await smallApi(api)
  let answer: Promise<Answer>
  {
    await using _lock = await lockClients(api)
    answer = ask(app, question, { token })
    await vi.waitFor(async () => expect(await waiting(api)).toBeGreaterThan(1), { timeout: 10_000 })
    const me = await app.inject({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${token}` } })
    const ready = await app.inject('/readyz')
    expect([me.statusCode, ready.statusCode, await waiting(api)]).toEqual([200, 200, 2])
  }
  expect((await answer).errors).toBeUndefined()
})

test('a field that takes too long is broken off, and told so', async () => {
  await using api = await testApi()
  const { app, token } = await smallApi(api, { statementMs: 200 })
  await using _lock = await lockClients(api)
  const answer = await ask(app, '{ ftpClients { edges { node { id } } } }', { token })
  expect(answer.errors?.[0]?.extensions).toEqual({ code: 'http.too_slow', retryAfterSeconds: 5 })
})
