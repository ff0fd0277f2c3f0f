import { permittedTo, scopes } from '@drayage/core/access/permissions'
import type { Database, Transaction } from '@drayage/db/connect'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from './app.ts'
import { routes } from './rest/routes.ts'
import { openTenant, ownInputs, type Tenant } from './tenant.fixture.ts'
import { type TestApi, testApi } from './testing.ts'
import { everyWay } from './transports.fixture.ts'

/**
 * Role by operation by transport, about things that are there: whoever the table of permissions permits is let in, and
 * nobody else. What the table says of each operation stands for review in generated/openapi.json.
 */

/** What somebody is to the table of permissions. Who is not of the workspace need not be told that it exists. */
type Role = { is: readonly string[]; token?: string; scopes?: readonly string[]; member?: true }

let api: TestApi
let app: FastifyInstance
let tenant: Tenant
let roles: Record<string, Role>
beforeAll(async () => {
  api = await testApi()
  app = buildApp({ ...api.options, base: { ...api.options.base, db: undoing(api.options.base.db) } })
  tenant = await openTenant(api)
  const { home, token } = tenant
  const outsiders = await openTenant(api)
  const erp = async (given: readonly string[]) => {
    const body = { workspaceId: home.workspaceId, label: 'SAP', scopes: given }
    const made = (await api.call('POST /v1/api-clients', { token, body })).json()
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: made.id, client_secret: made.clientSecret })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const { access_token } = (await api.call('POST /oauth/token', { body: String(form), headers })).json()
    return { is: ['known', 'api_client'], token: access_token, scopes: given, member: true } as const
  }
  const person = ['known', 'user']
  roles = {
    nobody: { is: [] },
    stranger: { is: person, token: await api.logIn(outsiders.home.admin) },
    operator: { is: [...person, 'operator'], token: await api.logIn(outsiders.home.operator) },
    'workspace admin': { is: [...person, 'workspace_admin'], token, member: true },
    'product admin': {
      is: [...person, 'product_admin'],
      token: await api.logIn(await home.productAdmin(['gst', 'ratebooks'])),
      member: true,
    },
    'API client': await erp(scopes),
    'API client of one scope': await erp(['workspace:read']),
  }
  await api.database.owner.query('delete from members where workspace_id = $1', [outsiders.home.workspaceId])
})
afterAll(async () => {
  await app.close()
  await api[Symbol.asyncDispose]()
})

const guarded = routes.filter((its) => !permittedTo(its.operation.permission).includes('anyone'))

test.each(everyWay(guarded))('%s over %s', async (_, __, its, transport) => {
  const { permission } = its.operation
  const permitted: readonly string[] = permittedTo(permission)
  for (const [name, { is, token, scopes: given, member }] of Object.entries(roles)) {
    const withScope = given === undefined || permitted.includes('known') || given.includes(permission)
    const expected = is.some((each) => permitted.includes(each)) && withScope ? 'let in' : 'refused'
    for (const input of ownInputs(its, tenant)) {
      const { code } = await transport.ask(app, its, { token, input })
      expect([name, code]).not.toEqual([name, expect.stringMatching(/^(input.invalid|http.bug|graphql.*)$/)])
      expect([name, outcomeOf(code)]).toEqual([name, expected])
      if (expected === 'refused' && token === undefined) expect(code).toBe('access.not_logged_in')
      if (expected === 'refused' && member) expect([name, code]).toEqual([name, 'access.not_permitted'])
    }
  }
})

function outcomeOf(code = ''): 'let in' | 'refused' {
  return /^access\.|not_found$/.test(code) ? 'refused' : 'let in'
}

/** The same database, in which nothing lasts, so that everybody finds everything as it was. */
function undoing(db: Database): Database {
  return {
    ...db,
    inWorkspace: async <T>(ids: Parameters<Database['inWorkspace']>[0], work: (transaction: Transaction) => Promise<T>): Promise<T> => {
      let done: { result: T } | undefined
      const undo = new Error('undone')
      await db
        .inWorkspace(ids, async (transaction) => {
          done = { result: await work(transaction) }
          throw undo
        })
        .catch((error) => {
          if (error !== undo) throw error
        })
      return (done as { result: T }).result
    },
  }
}
