import type { Database } from '@drayage/db/connect'
import { products } from '@drayage/db/vocabulary'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Actor, Membership } from './access/actor.ts'
import { type Permission, permissions } from './access/permissions.ts'
import { permit } from './access/permit.ts'
import type { Context } from './context.ts'
import { operation } from './operation.ts'
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

const context = (actor: Actor, opened: unknown[] = []) =>
  ({
    actor,
    db: {
      inWorkspace: (ids: unknown, work: (transaction: unknown) => unknown) => {
        opened.push(ids)
        return work({})
      },
    } as unknown as Database,
  }) as Context

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

test('a product admin reaches their products in their workspaces, a workspace admin all of them', () => {
  expect(permit(gstAdmin, { permission: 'ftp_client:read' })).toEqual([{ workspaceId: ours, products: ['gst'] }])
  expect(permit(admin, { permission: 'ftp_client:read' })).toEqual([{ workspaceId: ours, products: 'all' }])
})

test('an operator gets no reach into FTP clients of workspaces they are not a member of', () => {
  const permitted = () => permit(actors.operator, { permission: 'ftp_client:read', workspaceId: ours })
  expect(permitted).toThrow(expect.objectContaining({ code: 'access.not_permitted' }))
})

const matrix = Object.keys(permissions).flatMap((permission) =>
  Object.keys(actors).map((role) => [role as keyof typeof actors, permission as Permission] as const),
)
test.each(matrix)('%s and %s: as the table says', (role, permission) => {
  const permitted = (permissions[permission] as readonly string[]).includes(role)
  const ask = () => permit(actors[role], { permission, workspaceId: ours })
  if (permitted) expect(ask().map((grant) => grant.workspaceId)).toEqual([ours])
  else expect(ask).toThrow(expect.objectContaining({ kind: 'forbidden' }))
})

test('a product admin is never permitted more than a workspace admin', () => {
  for (const roles of Object.values(permissions) as (readonly string[])[]) {
    if (roles.includes('product_admin')) expect(roles).toContain('workspace_admin')
  }
  expect(products.length).toBeGreaterThan(0)
})
