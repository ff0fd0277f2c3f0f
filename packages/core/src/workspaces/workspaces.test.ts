import { hasLicence } from '@drayage/db/queries/licences'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestContext, testContext } from '../testing/context.ts'
import { testPerson, testWorkspace } from '../testing/people.ts'
import { listLicences, setLicence } from './licences.ts'
import { addMember, listMembers, removeMember, updateMember } from './members.ts'
import { createWorkspace, getWorkspace, listWorkspaces, updateWorkspace } from './workspaces.ts'

let database: TestDatabase
let ctx: TestContext
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database })
})
afterAll(() => database[Symbol.asyncDispose]())

const fault = (code: string) => expect.objectContaining({ code })

test('whoever creates a workspace becomes its first admin', async () => {
  const operator = await testPerson(ctx, { email: 'first@example.com', operator: true })
  const made = await createWorkspace.run(operator, { name: 'Lotus Mills' })
  const after = await testPerson(ctx, { email: 'first@example.com' })
  const { items } = await listMembers.run(after, { workspaceId: made.id })
  expect(items).toMatchObject([{ email: 'first@example.com', role: 'workspace_admin', products: [] }])
})

test('only an operator creates a workspace', async () => {
  const { admin } = await testWorkspace(ctx)
  await expect(createWorkspace.run(admin, { name: 'Mine' })).rejects.toEqual(fault('access.not_permitted'))
  await expect(createWorkspace.run(ctx, { name: 'Mine' })).rejects.toEqual(fault('access.not_permitted'))
})

test('a member sees their workspaces, an operator all of them, page by page', async () => {
  const [one, two] = [await testWorkspace(ctx), await testWorkspace(ctx)]
  expect((await listWorkspaces.run(one.admin, {})).items.map((item) => item.id)).toEqual([one.workspaceId])
  await expect(getWorkspace.run(one.admin, { workspaceId: two.workspaceId })).rejects.toEqual(fault('workspace.not_found'))

  const stranger = await testPerson(ctx, { email: 'other-operator@example.com', operator: true })
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listWorkspaces.run(stranger, { limit: 1, cursor })
    expect(page.items).toHaveLength(1)
    seen.push(...page.items.map((item) => item.id))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  expect(seen).toEqual(expect.arrayContaining([one.workspaceId, two.workspaceId]))
  expect(seen).toEqual([...new Set(seen)].sort().reverse())
})

test('a change names the version it was made from', async () => {
  const { admin, workspaceId } = await testWorkspace(ctx)
  const rename = (expectedVersion?: number) => updateWorkspace.run(admin, { workspaceId, name: 'Lotus', expectedVersion })
  await expect(rename()).rejects.toEqual(fault('version.required'))
  expect(await rename(1)).toMatchObject({ name: 'Lotus', version: 2 })
  await expect(rename(1)).rejects.toEqual(fault('version.stale'))
})

test('the last workspace admin can neither leave nor step down', async () => {
  const { admin, workspaceId } = await testWorkspace(ctx)
  const { items } = await listMembers.run(admin, { workspaceId })
  const [first, second] = items
  await removeMember.run(admin, { workspaceId, id: first?.id, expectedVersion: 1 })
  await expect(removeMember.run(admin, { workspaceId, id: second?.id, expectedVersion: 1 })).rejects.toEqual(fault('member.last_admin'))
  const down = { workspaceId, id: second?.id, expectedVersion: 1, role: 'product_admin', products: ['gst'] }
  await expect(updateMember.run(admin, down)).rejects.toEqual(fault('member.last_admin'))
})

test('members come in pages, newest first', async () => {
  const { admin, operator, workspaceId, productAdmin } = await testWorkspace(ctx)
  const gst = await productAdmin(['gst'])
  const first = await listMembers.run(admin, { workspaceId, limit: 2 })
  const second = await listMembers.run(admin, { workspaceId, limit: 2, cursor: first.nextCursor })
  const emails = [gst, admin, operator].map(({ actor }) => actor.kind === 'user' && actor.email)
  expect([...first.items, ...second.items].map(({ email }) => email)).toEqual(emails)
  expect(second.nextCursor).toBeUndefined()
})

test('two admins who remove each other at once leave one', async () => {
  const { admin, operator, workspaceId } = await testWorkspace(ctx)
  const { items } = await listMembers.run(admin, { workspaceId })
  const results = await Promise.allSettled(
    items.map((item, at) => removeMember.run(at === 0 ? operator : admin, { workspaceId, id: item.id, expectedVersion: 1 })),
  )
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('a product admin names products and manages no members', async () => {
  const { admin, workspaceId, productAdmin } = await testWorkspace(ctx)
  const nobody = { workspaceId, email: 'new@example.com', role: 'product_admin' }
  await expect(addMember.run(admin, nobody)).rejects.toMatchObject({ details: { errors: [{ pointer: '/products' }] } })
  const gst = await productAdmin(['gst'])
  await expect(addMember.run(gst, { ...nobody, products: ['gst'] })).rejects.toEqual(fault('access.not_permitted'))
  await expect(addMember.run(admin, { ...nobody, email: gst.actor.kind === 'user' && gst.actor.email, products: ['gst'] })).rejects.toEqual(
    fault('member.exists'),
  )
})

test('of a member what is left out stays, and another role begins without products', async () => {
  const { admin, workspaceId, productAdmin } = await testWorkspace(ctx)
  await productAdmin(['gst'])
  const { items } = await listMembers.run(admin, { workspaceId })
  const id = items.find((item) => item.role === 'product_admin')?.id
  const change = (expectedVersion: number, given: object) => updateMember.run(admin, { workspaceId, id, expectedVersion, ...given })
  const wrongProducts = { details: { errors: [{ pointer: '/products', code: 'products_do_not_fit_role' }] } }
  expect(await change(1, { products: ['gst', 'ratebooks'] })).toMatchObject({ role: 'product_admin', products: ['gst', 'ratebooks'] })
  await expect(change(2, { products: [] })).rejects.toMatchObject(wrongProducts)
  expect(await change(2, { role: 'product_admin' })).toMatchObject({ products: ['gst', 'ratebooks'] })
  expect(await change(3, { role: 'workspace_admin' })).toMatchObject({ role: 'workspace_admin', products: [] })
  await expect(change(4, { products: ['gst'] })).rejects.toMatchObject(wrongProducts)
  await expect(change(4, { role: 'product_admin' })).rejects.toMatchObject(wrongProducts)
})

test('nobody makes themselves more than they are', async () => {
  const { admin, workspaceId, productAdmin } = await testWorkspace(ctx)
  const gst = await productAdmin(['gst'])
  const own = (await listMembers.run(admin, { workspaceId })).items.find((item) => item.role === 'product_admin')
  const more = { workspaceId, id: own?.id, expectedVersion: 1, role: 'workspace_admin' }
  await expect(updateMember.run(gst, more)).rejects.toEqual(fault('access.not_permitted'))
  const operator = await testPerson(ctx, { email: 'curious-operator@example.com', operator: true })
  const self = { workspaceId, email: 'curious-operator@example.com', role: 'workspace_admin' }
  await expect(addMember.run(operator, self)).rejects.toEqual(fault('access.not_permitted'))
  const stranger = (await testWorkspace(ctx)).admin
  await expect(addMember.run(stranger, self)).rejects.toEqual(fault('workspace.not_found'))
})

test('a member of one workspace is neither seen nor changed from another', async () => {
  const [home, other] = [await testWorkspace(ctx), await testWorkspace(ctx)]
  const [theirs] = (await listMembers.run(home.admin, { workspaceId: home.workspaceId })).items
  const key = { workspaceId: other.workspaceId, id: theirs?.id, expectedVersion: 1 }
  await expect(removeMember.run(other.admin, key)).rejects.toEqual(fault('member.not_found'))
  await expect(updateMember.run(other.admin, { ...key, role: 'workspace_admin' })).rejects.toEqual(fault('member.not_found'))
})

test('who is no member any more sees nothing from then on', async () => {
  const { admin, operator, workspaceId } = await testWorkspace(ctx)
  const own = (await listMembers.run(admin, { workspaceId })).items.find(
    (item) => admin.actor.kind === 'user' && item.userId === admin.actor.id,
  )
  await removeMember.run(operator, { workspaceId, id: own?.id, expectedVersion: 1 })
  const after = await testPerson(ctx, { email: own?.email ?? '' })
  await expect(getWorkspace.run(after, { workspaceId })).rejects.toEqual(fault('workspace.not_found'))
})

test('the installation is nobody’s workspace', async () => {
  const { operator } = await testWorkspace(ctx)
  const workspaceId = '00000000-0000-0000-0000-000000000000'
  await expect(getWorkspace.run(operator, { workspaceId })).rejects.toEqual(fault('workspace.not_found'))
  const rename = { workspaceId, name: 'Mine', expectedVersion: 1 }
  await expect(updateWorkspace.run(operator, rename)).rejects.toEqual(fault('workspace.not_found'))
  const licence = { workspaceId, product: 'gst', validUntil: '2027-01-01T00:00:00Z' }
  await expect(setLicence.run(operator, licence)).rejects.toEqual(fault('workspace.not_found'))
  const { items } = await listWorkspaces.run(operator, { limit: 100 })
  expect(items.map((item) => item.id)).not.toContain(workspaceId)
})

test('a product is licensed until the time an operator sets', async () => {
  const { admin, operator, workspaceId } = await testWorkspace(ctx)
  const licence = { workspaceId, product: 'gst' as const }
  const at = new Date('2026-07-15T00:00:00Z')
  const licensed = () => ctx.db.inWorkspace(workspaceId, (transaction) => hasLicence(transaction, { ...licence, at }))
  expect(await licensed()).toBe(false)
  await expect(setLicence.run(admin, { ...licence, validUntil: '2027-01-01T00:00:00Z' })).rejects.toEqual(fault('access.not_permitted'))
  await setLicence.run(operator, { ...licence, validUntil: '2027-01-01T00:00:00Z' })
  expect(await licensed()).toBe(true)
  await setLicence.run(operator, { ...licence, validUntil: '2026-07-15T00:00:00Z' })
  expect(await licensed()).toBe(false)
  expect(await listLicences.run(admin, { workspaceId })).toEqual({ items: [{ ...licence, validUntil: '2026-07-15T00:00:00.000Z' }] })
})
