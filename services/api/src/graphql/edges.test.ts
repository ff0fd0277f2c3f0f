import { newId } from '@drayage/core/id'
import { newClient } from '@drayage/core/testing/new-client'
import { type TestWorkspace, testWorkspace } from '@drayage/core/testing/people'
import type { Database, Transaction } from '@drayage/db/connect'
import { insertTransfer } from '@drayage/db/queries/transfers'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../app.ts'
import { type TestApi, testApi } from '../testing.ts'
import { ask, madeId } from './graphql.fixture.ts'

let api: TestApi
beforeAll(async () => {
  api = await testApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const createClient = 'mutation ($input: CreateFtpClientInput!) { createFtpClient(input: $input) { id } }'

/** Clients of a workspace, each with so many transfers, each with two findings. */
async function fill(there: TestWorkspace, sizes: { clients: number; transfers: number }): Promise<string> {
  const { workspaceId } = there
  const token = await api.logIn(there.admin)
  for (let at = 0; at < sizes.clients; at++) {
    const input = newClient(workspaceId, { label: `client ${at}`, baseDirectory: `/${at}` })
    const ftpClientId = madeId(await ask(api, createClient, { token, variables: { input } }))
    await api.ctx.db.inWorkspace(workspaceId, async (transaction) => {
      for (let file = 0; file < sizes.transfers; file++) {
        const id = newId()
        const made = {
          workspaceId,
          id,
          ftpClientId,
          product: 'gst',
          action: 'upload_sales',
          mode: 'live',
          fileName: `${at}-${file}.csv`,
        } as const
        await insertTransfer(transaction, made, {})
        await transaction.client.query(
          `insert into transfer_issues (workspace_id, transfer_id, ordinal, row_number, severity, code, message)
           select $1, $2, n, n, 'error', 'code_' || n, 'wrong' from generate_series(1, 2) n`,
          [workspaceId, id],
        )
      }
    })
  }
  return token
}

/** An API that counts the statements that its operations send. */
function countingApi() {
  const count = { statements: 0 }
  const counted =
    <T>(work: (transaction: Transaction) => Promise<T>) =>
    async (transaction: Transaction) => {
      const { client } = transaction
      const query = client.query
      client.query = ((...given: unknown[]) => {
        count.statements++
        return Reflect.apply(query, client, given)
      }) as typeof client.query
      try {
        return await work(transaction)
      } finally {
        client.query = query
      }
    }
  const { db } = api.options.base
  const counting: Database = {
    ...db,
    inWorkspace: (ids, work) => db.inWorkspace(ids, counted(work)),
    sweep: (work) => db.sweep(counted(work)),
  }
  const app = buildApp({ ...api.options, base: { ...api.options.base, db: counting } })
  onTestFinished(() => app.close())
  return { app, count }
}

const nested = `query ($id: ID!) { workspace(workspaceId: $id) { ftpClients(first: 20) { edges { node { label workspace { name }
  transfers(first: 2) { edges { node { fileName ftpClient { label } workspace { name } issues(first: 1) { edges { cursor node { code } } pageInfo { hasNextPage } } } }
    pageInfo { hasNextPage } } } } } } }`

test('lists within lists ask the database as often for many things as for one', async () => {
  const { app, count } = countingApi()
  const statementsFor = async (sizes: { clients: number; transfers: number }) => {
    const there = await testWorkspace(api.ctx)
    const token = await fill(there, sizes)
    count.statements = 0
    const reply = await ask(app, nested, { token, variables: { id: there.workspaceId } })
    expect(reply.errors).toBeUndefined()
    return { reply, statements: count.statements }
  }
  const one = await statementsFor({ clients: 1, transfers: 1 })
  const many = await statementsFor({ clients: 6, transfers: 3 })
  expect(one.statements).toBeGreaterThan(5)
  expect(many.statements).toBe(one.statements)

  type Page<Node> = { edges: { cursor: string; node: Node }[]; pageInfo: { hasNextPage: boolean } }
  type Shown = { label: string; transfers: Page<{ fileName: string; ftpClient: { label: string }; issues: Page<{ code: string }> }> }
  const { workspace } = many.reply.data as { workspace: { ftpClients: Page<Shown> } }
  const { ftpClients } = workspace
  expect(ftpClients.edges.map(({ node }) => node.label)).toEqual([5, 4, 3, 2, 1, 0].map((at) => `client ${at}`))
  for (const { node } of ftpClients.edges) {
    const at = node.label.slice(-1)
    expect(node.transfers.edges.map((edge) => edge.node.fileName)).toEqual([`${at}-2.csv`, `${at}-1.csv`])
    expect(node.transfers.pageInfo.hasNextPage).toBe(true)
    for (const { node: transfer } of node.transfers.edges) {
      expect(transfer.ftpClient.label).toBe(node.label)
      expect(transfer.issues).toMatchObject({ edges: [{ node: { code: 'code_1' } }], pageInfo: { hasNextPage: true } })
    }
  }
})

test('the next page of an edge begins behind its cursor', async () => {
  const there = await testWorkspace(api.ctx)
  const token = await fill(there, { clients: 1, transfers: 1 })
  const query = `query ($after: String) { transfers(first: 1) { edges { node { id issues(first: 1, after: $after) {
    edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage } } } } } }`
  type Shown = { transfers: { edges: { node: { issues: { edges: { cursor: string; node: { code: string } }[]; pageInfo: object } } }[] } }
  const issues = async (after?: string) => {
    const { transfers } = (await ask(api, query, { token, variables: { after } })).data as Shown
    return transfers.edges[0]?.node.issues
  }
  const first = await issues()
  const second = await issues(first?.edges[0]?.cursor)
  expect(second?.edges[0]?.node.code).toBe('code_2')
  expect(second?.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true })
})

test('an edge shows what its own permission and scope show, and no more', async () => {
  const there = await testWorkspace(api.ctx)
  await fill(there, { clients: 1, transfers: 1 })
  const ratebooks = await there.productAdmin(['ratebooks'])
  const seen = await ask(api, nested, { token: await api.logIn(ratebooks), variables: { id: there.workspaceId } })
  expect(seen).toMatchObject({ data: { workspace: { ftpClients: { edges: [] } } } })

  // An operator who is no member knows the workspace and may not see its clients.
  const other = await testWorkspace(api.ctx)
  const query = 'query ($id: ID!) { workspace(workspaceId: $id) { id ftpClients { edges { node { id } } } } }'
  const outside = await ask(api, query, { token: await api.logIn(other.operator), variables: { id: there.workspaceId } })
  expect(outside).toMatchObject({
    data: { workspace: { id: there.workspaceId, ftpClients: null } },
    errors: [{ path: ['workspace', 'ftpClients'], extensions: { code: 'access.not_permitted' } }],
  })
})

test('an edge that is refused is told in the audit trail, once for each workspace', async () => {
  await testWorkspace(api.ctx)
  const { operator } = await testWorkspace(api.ctx)
  const query = '{ workspaces { edges { node { a: ftpClients { edges { node { id } } } b: ftpClients { edges { node { id } } } } } } }'
  const refused = async () => {
    const { rows } = await api.database.owner.query(
      "select actor ->> 'email' as by from audit_events where action = 'access.refused' and after ->> 'operation' = 'Workspace.ftpClients'",
    )
    return rows.length
  }
  const before = await refused()
  const { data } = await ask(api, query, { token: await api.logIn(operator) })
  const { edges } = (data as { workspaces: { edges: { node: { a: unknown } }[] } }).workspaces
  const closed = edges.filter(({ node }) => node.a === null).length
  expect(closed).toBeGreaterThan(1)
  expect((await refused()) - before).toBe(closed)
})
