import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFtpClient } from '../ftp-clients/create.ts'
import { updateFtpClient } from '../ftp-clients/update.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { newClient } from '../testing/new-client.ts'
import { testWorkspace } from '../testing/people.ts'
import { setLicence } from '../workspaces/licences.ts'
import { addMember } from '../workspaces/members.ts'
import { listAuditEvents, listInstallationEvents } from './read.ts'

let database: TestDatabase
let ctx: TestContext
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database })
})
afterAll(() => database[Symbol.asyncDispose]())

const actionsFor = async (as: TestContext, input: Record<string, unknown> = {}) =>
  (await listAuditEvents.run(as, input)).items.map((event) => event.action)

test('a workspace admin reads what happened in the workspace, newest first, page by page', async () => {
  const { admin, operator, workspaceId } = await testWorkspace(ctx)
  const { id } = await createFtpClient.run(admin, newClient(workspaceId))
  await updateFtpClient.run(
    { ...admin, request: { id: 'r-1', address: '192.0.2.9' } },
    { id, expectedVersion: 1, label: 'SAP', password: 'other' },
  )
  await setLicence.run(operator, { workspaceId, product: 'gst', validUntil: '2027-01-01T00:00:00Z' })
  const all = await actionsFor(admin, { workspaceId })
  expect(all).toEqual(['licence.set', 'ftp_client.updated', 'ftp_client.created', 'member.added', 'workspace.created'])

  const paged: string[] = []
  let cursor: string | undefined
  do {
    const page = await listAuditEvents.run(admin, { limit: 2, cursor })
    paged.push(...page.items.map((event) => event.action))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  expect(paged).toEqual(all)

  const [updated] = (await listAuditEvents.run(admin, { action: 'ftp_client.updated', subjectId: id })).items
  expect(updated).toMatchObject({
    product: 'gst',
    requestId: 'r-1',
    actor: { kind: 'user', address: '192.0.2.9' },
    before: { label: 'Tally' },
    after: { label: 'SAP' },
  })
  expect(JSON.stringify(await listAuditEvents.run(admin, {}))).not.toMatch(/"(right|other)"/)
})

test('a product admin reads what belongs to their products, and nothing of the members', async () => {
  const { admin, operator, workspaceId, productAdmin } = await testWorkspace(ctx)
  const gst = await productAdmin(['gst'])
  await createFtpClient.run(admin, newClient(workspaceId))
  await setLicence.run(operator, { workspaceId, product: 'max_itc', validUntil: '2027-01-01T00:00:00Z' })
  await expect(addMember.run(gst, { workspaceId, email: 'x@example.com', role: 'workspace_admin' })).rejects.toMatchObject({
    kind: 'forbidden',
  })
  const seen = (await listAuditEvents.run(gst, {})).items
  expect(seen.map((event) => [event.action, event.product])).toEqual([['ftp_client.created', 'gst']])
  expect(await actionsFor(gst, { workspaceId, product: 'gst' })).toEqual(['ftp_client.created'])
  await expect(listAuditEvents.run(gst, { workspaceId, product: 'max_itc' })).rejects.toMatchObject({ code: 'access.not_permitted' })
  expect(await actionsFor(admin, { action: 'access.refused' })).toEqual(['access.refused', 'access.refused'])
})

test('nobody reads the trail of others, an operator that of the installation only', async () => {
  const home = await testWorkspace(ctx)
  const other = await testWorkspace(ctx)
  await expect(listAuditEvents.run(other.admin, { workspaceId: home.workspaceId })).rejects.toMatchObject({ code: 'workspace.not_found' })
  const theirs = (await listAuditEvents.run(other.admin, { limit: 100 })).items
  expect(new Set(theirs.map((event) => event.workspaceId))).toEqual(new Set([other.workspaceId]))
  await expect(listInstallationEvents.run(home.admin, {})).rejects.toMatchObject({ code: 'access.not_permitted' })
  const { items } = await listInstallationEvents.run(home.operator, {})
  expect(items.length).toBeGreaterThan(0)
  expect(new Set(items.map((event) => event.workspaceId))).toEqual(new Set(['00000000-0000-0000-0000-000000000000']))
})
