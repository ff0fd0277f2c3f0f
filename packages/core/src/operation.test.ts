import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { products } from '@drayage/db/vocabulary'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { Actor, Membership } from './access/actor.ts'
import { permissions } from './access/permissions.ts'
import { permit } from './access/permit.ts'
import { operation } from './operation.ts'
import { type TestContext, testContext } from './testing/context.ts'
import { testWorkspace } from './testing/people.ts'
import { productKey } from './wire.ts'

const [ours, theirs] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002']
const user = (operator: boolean, ...memberships: Membership[]): Actor => ({
  kind: 'user',
  id: ours,
  email: 'a@example.com',
  operator,
  memberships,
})
const admin = user(false, { workspaceId: ours, role: 'workspace_admin' })
const gstAdmin = user(false, { workspaceId: ours, role: 'product_admin', products: ['gst'] })
const actors = { operator: user(true), workspace_admin: admin, product_admin: gstAdmin } as const

let database: TestDatabase
let ctx: TestContext
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database })
})
afterAll(() => database[Symbol.asyncDispose]())

const context = (actor: Actor, opened: unknown[] = []): TestContext => ({
  ...ctx,
  actor,
  db: {
    ...ctx.db,
    inWorkspace: (ids, work) => {
      opened.push(ids)
      return ctx.db.inWorkspace(ids, work)
    },
  },
})

const echo = operation({
  name: 'echo',
  permission: 'ftp_client:create',
  input: z.strictObject({ workspaceId: z.uuid(), product: productKey, note: z.strictObject({ 'a/b': z.string().max(3) }).optional() }),
  output: z.object({ product: productKey }),
  run: async ({ input }) => ({ ...input, password: 'secret' }),
})

test('what comes back has only the fields of the output', async () => {
  expect(await echo.run(context(admin), { workspaceId: ours, product: 'gst' })).toEqual({ product: 'gst' })
})

test('an unknown, a missing and a wrong field are each named, without their value', async () => {
  const wrong = { product: 'gst', more: 1, note: { 'a/b': 'long secret' } }
  const thrown = await echo.run(context(admin), wrong).catch((error: unknown) => error)
  expect(thrown).toMatchObject({ kind: 'invalid', code: 'input.invalid' })
  const { errors } = (thrown as { details: { errors: { pointer: string; code: string }[] } }).details
  expect(errors.map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/workspaceId', 'required'],
    ['/note/a~1b', 'too_big'],
    ['/more', 'unknown_field'],
  ])
  expect(String(thrown)).not.toContain('long secret')
})

test('the transaction is opened for the workspace of the input only', async () => {
  const opened: unknown[] = []
  const both = user(false, { workspaceId: ours, role: 'workspace_admin' }, { workspaceId: theirs, role: 'workspace_admin' })
  await echo.run(context(both, opened), { workspaceId: theirs, product: 'gst' })
  expect(opened).toEqual([[theirs]])
})

test('a workspace of others is not found, a product of others is not permitted', async () => {
  await expect(echo.run(context(admin), { workspaceId: theirs, product: 'gst' })).rejects.toMatchObject({ kind: 'not_found' })
  await expect(echo.run(context(gstAdmin), { workspaceId: ours, product: 'max_itc' })).rejects.toMatchObject({ kind: 'forbidden' })
})

test('a refusal stands in the trail of the workspace it is about, or of the installation', async () => {
  const home = await testWorkspace(ctx)
  const gst = await home.productAdmin(['gst'])
  const refusals = async (workspaceId: string) =>
    (
      await database.owner.query(
        "select actor ->> 'email' as by, after from audit_events where workspace_id = $1 and action = 'access.refused'",
        [workspaceId],
      )
    ).rows
  await expect(echo.run(gst, { workspaceId: home.workspaceId, product: 'max_itc' })).rejects.toMatchObject({ kind: 'forbidden' })
  expect(await refusals(home.workspaceId)).toEqual([{ by: expect.stringContaining('gst-'), after: { operation: 'echo' } }])
  await expect(echo.run(context(actors.operator), { workspaceId: ours, product: 'gst' })).rejects.toMatchObject({ kind: 'forbidden' })
  expect(await refusals('00000000-0000-0000-0000-000000000000')).toContainEqual({ by: 'a@example.com', after: { operation: 'echo' } })
})

test('a product admin reaches their products in their workspaces, a workspace admin all of them', () => {
  expect(permit(gstAdmin, { permission: 'ftp_client:read' })).toEqual([{ workspaceId: ours, products: ['gst'] }])
  expect(permit(admin, { permission: 'ftp_client:read' })).toEqual([{ workspaceId: ours, products: 'all' }])
})

test('an operator gets no reach into FTP clients of workspaces they are not a member of', () => {
  const permitted = () => permit(actors.operator, { permission: 'ftp_client:read', workspaceId: ours })
  expect(permitted).toThrow(expect.objectContaining({ code: 'access.not_permitted' }))
})

test('an API client reaches its workspace and product with what it was given, and nothing else', () => {
  const erp: Actor = { kind: 'api_client', id: ours, label: 'SAP', workspaceId: ours, product: 'gst', scopes: ['ftp_client:read'] }
  expect(permit(erp, { permission: 'ftp_client:read' })).toEqual([{ workspaceId: ours, products: ['gst'] }])
  expect(permit(erp, { permission: 'ftp_client:read', workspaceId: ours, product: 'gst' })).toHaveLength(1)
  for (const wanted of [
    { permission: 'ftp_client:read', workspaceId: ours, product: 'max_itc' },
    { permission: 'ftp_client:poll' },
    { permission: 'member:read', workspaceId: ours },
  ] as const) {
    expect(() => permit(erp, wanted)).toThrow(expect.objectContaining({ code: 'access.not_permitted' }))
  }
  const elsewhere = { permission: 'ftp_client:read', workspaceId: theirs } as const
  expect(() => permit(erp, elsewhere)).toThrow(expect.objectContaining({ code: 'workspace.not_found' }))
})

test('who has not said who they are is asked to, and gets what is for anyone', () => {
  const nobody: Actor = { kind: 'anonymous' }
  expect(permit(nobody, { permission: 'session:create' })).toEqual([])
  expect(() => permit(nobody, { permission: 'me:read' })).toThrow(expect.objectContaining({ kind: 'unauthenticated' }))
  expect(() => permit(nobody, { permission: 'ftp_client:read', workspaceId: ours })).toThrow(
    expect.objectContaining({ kind: 'unauthenticated' }),
  )
})

test('a product admin is never permitted more than a workspace admin', () => {
  for (const roles of Object.values(permissions) as (readonly string[])[]) {
    if (roles.includes('product_admin')) expect(roles).toContain('workspace_admin')
  }
  expect(products.length).toBeGreaterThan(0)
})
