import { insertMember } from '@drayage/db/queries/members'
import {
  enterWorkspaces,
  everyWorkspaceId,
  findWorkspace,
  insertWorkspace,
  listWorkspaces as listRows,
  lockWorkspace,
  renameWorkspace,
} from '@drayage/db/queries/workspaces'
import type { WorkspaceRow } from '@drayage/db/schema/workspaces'
import { z } from 'zod'
import { isOperatorWith, workspaceNotFound } from '../access/permit.ts'
import { audit, difference } from '../audit/append.ts'
import { Fault } from '../faults.ts'
import { newId } from '../id.ts'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { checkVersion, versionField } from '../version.ts'
import { id, instant, line } from '../wire.ts'

export const workspace = z
  .object({ id, name: z.string(), createdAt: instant, updatedAt: instant, version: z.int() })
  .meta({ id: 'Workspace' })

export const showWorkspace = (row: WorkspaceRow) => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

/** Whoever creates a workspace becomes its first admin. */
export const createWorkspace = operation({
  name: 'createWorkspace',
  permission: 'workspace:create',
  input: z.strictObject({ name: line({ max: 100 }) }),
  output: workspace,
  run: async ({ ctx, transaction, input }) => {
    if (ctx.actor.kind !== 'user')
      throw new Fault('forbidden', 'workspace.needs_admin', 'A workspace is created by a person, its first admin.')
    const row = await insertWorkspace(transaction, { id: newId(), name: input.name })
    await insertMember(transaction, { workspaceId: row.id, id: newId(), userId: ctx.actor.id, role: 'workspace_admin' })
    await audit(ctx, transaction, {
      workspaceId: row.id,
      action: 'workspace.created',
      subject: 'workspace',
      subjectId: row.id,
      after: { name: row.name, firstAdmin: ctx.actor.email },
    })
    return showWorkspace(row)
  },
})

export const getWorkspace = operation({
  name: 'workspace',
  permission: 'workspace:read',
  input: z.strictObject({ workspaceId: id }),
  output: workspace,
  run: async ({ transaction, input }) => {
    const row = await findWorkspace(transaction, input.workspaceId)
    if (row === undefined) throw workspaceNotFound()
    return showWorkspace(row)
  },
})

/** Those the actor is a member of; an operator's are all there are. */
export const listWorkspaces = operation({
  name: 'workspaces',
  permission: 'workspace:read',
  input: z.strictObject(pageFields),
  output: z.object({ items: z.array(workspace), nextCursor: z.string().optional() }).meta({ id: 'WorkspacePage' }),
  run: async ({ ctx, transaction, scope, input }) => {
    const query = pageQuery(input)
    let ids = scope.map((grant) => grant.workspaceId)
    if (isOperatorWith(ctx.actor, 'workspace:read')) {
      ids = await ctx.db.sweep((sweep) => everyWorkspaceId(sweep, query))
      await enterWorkspaces(transaction, ids)
    }
    return pageOf(await listRows(transaction, { ids, ...query }), input, showWorkspace)
  },
})

export const updateWorkspace = operation({
  name: 'updateWorkspace',
  permission: 'workspace:update',
  input: z.strictObject({ workspaceId: id, expectedVersion: versionField, name: line({ max: 100 }) }),
  output: workspace,
  run: async ({ ctx, transaction, input }) => {
    const { workspaceId, name } = input
    const row = await lockWorkspace(transaction, workspaceId)
    if (row === undefined) throw workspaceNotFound()
    checkVersion(row, input.expectedVersion)
    const changed = await renameWorkspace(transaction, { id: workspaceId, name })
    const change = difference({ before: { name: row.name }, after: { name } })
    await audit(ctx, transaction, { workspaceId, action: 'workspace.updated', subject: 'workspace', subjectId: workspaceId, ...change })
    return showWorkspace(changed)
  },
})
