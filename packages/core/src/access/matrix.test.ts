import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Operation } from '../operation.ts'
import type { Actor } from './actor.ts'
import { permittedTo, scopes } from './permissions.ts'
import { permit } from './permit.ts'

/**
 * Operation by actor: the table of permissions, asked through `permit`, lets in whom it names and nobody else. Who may call
 * what stands, in words and for review, in the committed `services/api/generated/openapi.json`.
 */

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

/** What each of them is to the table. */
const is: Record<string, readonly string[]> = {
  nobody: ['anyone'],
  stranger: ['anyone', 'known', 'user'],
  operator: ['anyone', 'known', 'user', 'operator'],
  admin: ['anyone', 'known', 'user', 'workspace_admin'],
  product: ['anyone', 'known', 'user', 'product_admin'],
  erp: ['anyone', 'known', 'api_client'],
}

const root = fileURLToPath(new URL('..', import.meta.url))
const files = globSync('**/*.ts', { cwd: root, exclude: (path) => /\.test\.ts$|\.conformance\.ts$|^testing/.test(path) })
const found: Operation[] = []
for (const file of files) {
  const exported: Record<string, unknown> = await import(new URL(`../${file}`, import.meta.url).href)
  for (const value of Object.values(exported)) if (isOperation(value)) found.push(value)
}

test('no two operations have one name', () => {
  const names = found.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)])
})

test.each(found.flatMap((operation) => Object.keys(actors).map((who) => [who, operation.name, operation] as const)))(
  '%s and %s',
  (who, _, operation) => {
    const ask = () => permit(actors[who] as Actor, { permission: operation.permission, workspaceId })
    const permitted: readonly string[] = permittedTo(operation.permission)
    if (is[who]?.some((each) => permitted.includes(each))) return expect(ask).not.toThrow()
    expect(ask).toThrow(expect.objectContaining({ kind: expect.stringMatching(/^(unauthenticated|forbidden|not_found)$/) }))
  },
)

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'permission' in value && 'run' in value
}
