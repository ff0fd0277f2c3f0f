import { permittedTo } from '@drayage/core/access/permissions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from './app.ts'
import { restRequest } from './rest/rest.fixture.ts'
import type { Route } from './rest/route.ts'
import { routes } from './rest/routes.ts'
import { filters, idFields, openTenant, ownInputs, rowsOf, type Tenant } from './tenant.fixture.ts'
import { type TestApi, testApi } from './testing.ts'
import { everyWay } from './transports.fixture.ts'

let api: TestApi
let mine: Tenant
let theirs: Tenant
beforeAll(async () => {
  api = await testApi()
  mine = await openTenant(api)
  theirs = await openTenant(api)
})
afterAll(() => api[Symbol.asyncDispose]())

const concerned = routes.filter((its) => idFields(its).length > 0)

test('a tenant has rows in every table that tells of one', async () => {
  const tables = Object.keys(await rowsOf(api, theirs))
  for (const name of [
    'members',
    'api_clients',
    'ftp_clients',
    'connection_tests',
    'transfers',
    'transfer_issues',
    'gst_documents',
    'gst_purchases',
    'gstr1_returns',
  ]) {
    expect(tables).toContainEqual(expect.stringContaining(name))
  }
})

describe('an admin of another workspace', () => {
  test.each(everyWay(concerned))('%s over %s: finds nothing there and changes nothing', async (_, __, its, transport) => {
    const before = await rowsOf(api, theirs)
    for (const { input, foreign } of withForeignIds(its)) {
      const { code, items, text } = await transport.ask(api.app, its, { token: mine.token, input })
      if (!isForAdmins(its) && !foreign.includes('workspaceId')) expect(code).toBe('access.not_permitted')
      else if (foreign.every((name) => filters(its).includes(name))) expect({ code, items }).toEqual({ items: [] })
      else expect([foreign, code]).toEqual([foreign, expect.stringMatching(/\.(secret_)?not_found$/)])
      for (const id of Object.values(theirs.ids)) expect(text).not.toContain(id)
    }
    expect(await rowsOf(api, theirs)).toEqual(before)
  })
})

describe('an admin of another product of the same workspace', () => {
  let token: string
  beforeAll(async () => {
    token = await api.logIn(await theirs.home.productAdmin(['max_itc']))
  })

  test.each(everyWay(concerned))('%s over %s: finds nothing of it and changes nothing', async (_, __, its, transport) => {
    const before = await rowsButTrail()
    for (const input of ownInputs(its, theirs)) {
      const { code, text } = await transport.ask(api.app, its, { token, input })
      expect([input, code]).toEqual([input, codeForOtherProduct(its, input)])
      const { workspaces: _, ...things } = theirs.ids
      for (const id of Object.values(things)) expect(text).not.toContain(id)
    }
    expect(await rowsButTrail()).toEqual(before)
  })

  /** What is refused in a workspace somebody belongs to is told there, in the trail. */
  async function rowsButTrail() {
    const rows = Object.entries(await rowsOf(api, theirs))
    return Object.fromEntries(rows.filter(([name]) => !name.startsWith('public.audit_')))
  }

  function codeForOtherProduct(its: Route, input: Record<string, unknown>): unknown {
    if (!permittedTo(its.operation.permission).includes('product_admin')) return 'access.not_permitted'
    if (/\{(id|period)\}/.test(its.path) || (its.method === 'POST' && 'ftpClientId' in input)) return expect.stringMatching(/not_found$/)
    return its.method === 'GET' ? undefined : 'access.not_permitted'
  }
})

test('200 requests of two tenants at once over two connections do not mix', async () => {
  const db = api.database.as('drayage_api', { connections: 2 })
  const app = buildApp({ ...api.options, base: { ...api.options.base, db }, db })
  const several = routes.filter(
    (its) => its.operation.name === 'createApiClient' || (its.method === 'GET' && idFields(its).length > 0 && isForAdmins(its)),
  )
  const asked = Array.from({ length: 200 }, (_, at) => {
    const [who, other] = at % 2 === 0 ? [mine, theirs] : [theirs, mine]
    const its = several[Math.floor(at / 2) % several.length] as Route
    return { who, other, its, input: ownInputs(its, who).at(-1) ?? {} }
  })
  const made = async ({ ids }: Tenant) => {
    const query = 'select count(*)::int from api_clients where workspace_id = $1'
    return (await api.database.owner.query(query, [ids.workspaces])).rows[0].count
  }
  const before = [await made(mine), await made(theirs)]
  const replies = await Promise.all(asked.map(({ who, its, input }) => app.inject(restRequest(its, { token: who.token, input }))))
  for (const [at, reply] of replies.entries()) {
    const { other, its } = asked[at] as (typeof asked)[number]
    expect([its.path, reply.statusCode]).toEqual([its.path, its.status])
    for (const id of Object.values(other.ids)) expect(reply.body).not.toContain(id)
  }
  const each = asked.filter(({ its }) => its.method === 'POST').length / 2
  expect([await made(mine), await made(theirs)]).toEqual(before.map((count) => count + each))
  await app.close()
})

test('its own admin is let in with the very same requests', async () => {
  const operator = await api.logIn(theirs.home.operator)
  const inside = (its: Route) => (its.method === 'DELETE' ? its.path.split('/').length : 0)
  const last = concerned.filter(inside).sort((a, b) => inside(b) - inside(a))
  for (const its of [...concerned.filter((each) => !inside(each)), ...last]) {
    const token = isForAdmins(its) ? theirs.token : operator
    for (const input of ownInputs(its, theirs)) {
      const { statusCode } = await api.app.inject(restRequest(its, { token, input }))
      // What stands against it is the state of the thing, at most.
      if (statusCode > 299) expect([its.method, its.path, [409, 412]]).toEqual([its.method, its.path, expect.arrayContaining([statusCode])])
    }
  }
})

function isForAdmins(its: Route): boolean {
  return permittedTo(its.operation.permission).includes('workspace_admin')
}

/** One's own requests, with some or all of the ids in them another tenant's. */
function withForeignIds(its: Route): { input: Record<string, unknown>; foreign: string[] }[] {
  const others = ownInputs(its, theirs)
  return ownInputs(its, mine).flatMap((own, at) => {
    const other = others[at] ?? {}
    return subsetsOf(idFields(its).filter((name) => name in own)).map((foreign) => ({
      foreign,
      input: { ...own, ...Object.fromEntries(foreign.map((name) => [name, other[name]])) },
    }))
  })
}

/** All but the empty one. */
function subsetsOf(names: readonly string[]): string[][] {
  return Array.from({ length: 2 ** names.length - 1 }, (_, at) => names.filter((_, bit) => ((at + 1) >> bit) % 2 === 1))
}
