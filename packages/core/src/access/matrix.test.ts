import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Operation } from '../operation.ts'
import type { Actor } from './actor.ts'
import { scopes } from './permissions.ts'
import { permit } from './permit.ts'

/** Who may call each operation, written a second time and by operation, so that neither table changes unnoticed. */

const workspaceId = '00000000-0000-7000-8000-000000000001'
const user = { kind: 'user', id: workspaceId, email: 'a@example.com', operator: false, memberships: [] } as const
const actors: Record<string, Actor> = {
  nobody: { kind: 'anonymous' },
  stranger: user,
  operator: { ...user, operator: true },
  admin: { ...user, memberships: [{ workspaceId, role: 'workspace_admin' }] },
  product: { ...user, memberships: [{ workspaceId, role: 'product_admin', products: ['gst'] }] },
  erp: { kind: 'api_client', id: workspaceId, label: 'SAP', workspaceId, scopes },
}

const anyone = ['nobody', 'stranger', 'operator', 'admin', 'product', 'erp']
const people = ['stranger', 'operator', 'admin', 'product']
const known = [...people, 'erp']
const admins = ['admin', 'product']
const adminsAndErp = [...admins, 'erp']
const all = ['operator', ...adminsAndErp]
const expected: Record<string, readonly string[]> = {
  createSession: anyone,
  refreshSession: anyone,
  deleteCurrentSession: people,
  requestPasswordReset: anyone,
  setPassword: anyone,
  exchangeClientCredentials: anyone,
  revokeToken: anyone,
  unsubscribe: anyone,
  createApiClient: admins,
  apiClient: admins,
  apiClients: admins,
  rotateApiClientSecret: admins,
  deleteApiClientSecret: admins,
  deleteApiClient: admins,
  me: known,
  products: known,
  actionTemplate: known,
  actionColumnGuide: known,
  gstDocuments: adminsAndErp,
  gstDocument: adminsAndErp,
  gstDocumentLines: adminsAndErp,
  gstPurchases: adminsAndErp,
  gstPurchase: adminsAndErp,
  gstPurchaseLines: adminsAndErp,
  gstReturn: adminsAndErp,
  gstReturnFile: adminsAndErp,
  createWorkspace: ['operator'],
  workspace: all,
  workspaces: all,
  updateWorkspace: ['operator', 'admin'],
  addMember: ['admin'],
  members: ['admin'],
  updateMember: ['admin'],
  removeMember: ['admin'],
  setLicence: ['operator'],
  licences: all,
  createFtpClient: admins,
  ftpClient: adminsAndErp,
  ftpClients: adminsAndErp,
  updateFtpClient: admins,
  activateFtpClient: admins,
  pauseFtpClient: admins,
  resumeFtpClient: admins,
  pollFtpClient: adminsAndErp,
  deleteFtpClient: admins,
  startConnectionTest: admins,
  connectionTest: admins,
  auditEvents: admins,
  installationEvents: ['operator'],
  transfer: adminsAndErp,
  transfers: adminsAndErp,
  transferIssues: adminsAndErp,
  transferOriginal: adminsAndErp,
  transferOutput: adminsAndErp,
  replayTransfer: adminsAndErp,
  receiveFile: adminsAndErp,
  ratebook: adminsAndErp,
  ratebooks: adminsAndErp,
  ratebookDiff: adminsAndErp,
  ratebookChanges: adminsAndErp,
  publishRatebook: adminsAndErp,
  rates: adminsAndErp,
  createSignUp: adminsAndErp,
  signUp: adminsAndErp,
  signUps: adminsAndErp,
  createEnquiry: adminsAndErp,
  enquiry: adminsAndErp,
  enquiries: adminsAndErp,
}

const root = fileURLToPath(new URL('..', import.meta.url))
const files = globSync('**/*.ts', { cwd: root, exclude: (path) => /\.test\.ts$|\.conformance\.ts$|^testing/.test(path) })
const found: Operation[] = []
for (const file of files) {
  const exported: Record<string, unknown> = await import(new URL(`../${file}`, import.meta.url).href)
  for (const value of Object.values(exported)) if (isOperation(value)) found.push(value)
}

test('every operation has a line here, and every line an operation', () => {
  expect(found.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort())
})

test.each(found.flatMap((operation) => Object.keys(actors).map((who) => [who, operation.name, operation] as const)))(
  '%s and %s',
  (who, name, operation) => {
    const ask = () => permit(actors[who] as Actor, { permission: operation.permission, workspaceId })
    if (expected[name]?.includes(who)) return expect(ask).not.toThrow()
    expect(ask).toThrow(expect.objectContaining({ kind: expect.stringMatching(/^(unauthenticated|forbidden|not_found)$/) }))
  },
)

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'permission' in value && 'run' in value
}
