import { generateApiKeyring, parseApiKeyring } from '@drayage/core/access/api-keyring'
import type { Log } from '@drayage/core/context'
import { type TestContext, testContext, testSettings } from '@drayage/core/testing/context'
import { testPassword } from '@drayage/core/testing/people'
import { isMigrated } from '@drayage/db/migrate'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { openQueue } from '@drayage/worker/queue'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { type AppOptions, buildApp } from './app.ts'
import { deadlines } from './deadlines.ts'
import { openMetrics } from './metrics.ts'

/** The API over a database of its own, and what a test needs beside it. Nothing of it is faked but who mails and connects: nobody. */
export type TestApi = AsyncDisposable & {
  app: FastifyInstance
  database: TestDatabase
  /** The same database as core's tests see it, to make people and things with. */
  ctx: TestContext
  /** What `app` was built with, to build another one. */
  options: AppOptions
  /** @param line `POST /v1/workspaces` */
  call(line: string, request?: TestRequest): Promise<LightMyRequestResponse>
  /** Logs somebody of a test workspace in; the access token. */
  logIn(who: TestContext): Promise<string>
}
export type TestRequest = { token?: string; body?: unknown; headers?: Record<string, string> }

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} }

export async function testApi(given: Partial<AppOptions> = {}): Promise<TestApi> {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await testDatabase())
  const ctx = testContext({ database })
  const queue = parts.use(await openQueue({ url: database.url, role: 'drayage_api', connections: 1, supervise: false, log: quiet }))
  const { actor: _, request: __, log: ___, credentials: ____, ...core } = ctx
  const db = database.as('drayage_api')
  const options: AppOptions = {
    base: { ...core, db, enqueue: queue.enqueue, now: () => new Date(), settings: testSettings },
    db,
    isMigrated: () => isMigrated({ url: database.url }),
    keyring: parseApiKeyring(generateApiKeyring()),
    publicUrl: 'https://drayage.example.com',
    quotas: { requests: 10_000, logIns: 10_000, connectionTests: 10_000 },
    metrics: openMetrics(),
    deadlines,
    origins: [],
    trustedProxies: [],
    introspection: true,
    meta: { environment: 'sandbox', version: '0.1.0', egressAddresses: ['203.0.113.7'] },
    log: pino({ level: 'silent' }),
    ...given,
  }
  const app = buildApp(options)
  parts.defer(() => app.close())
  const call: TestApi['call'] = (line, { token, body, headers } = {}) => {
    const [method, url] = line.split(' ') as ['GET', string]
    return app.inject({
      method,
      url,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { payload: body as object }),
    })
  }
  const logIn: TestApi['logIn'] = async ({ actor }) => {
    const email = actor.kind === 'user' ? actor.email : ''
    return (await call('POST /v1/sessions', { body: { email, password: testPassword } })).json().accessToken
  }
  const all = parts.move()
  return { app, database, ctx, options, call, logIn, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
