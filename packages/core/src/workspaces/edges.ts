import { listWorkspaces } from '@drayage/db/queries/workspaces'
import { z } from 'zod'
import { edge } from '../edge.ts'
import { showWorkspace, workspace } from './workspaces.ts'

/** The workspace that a thing of this wire shape is of. */
function workspaceOf(from: 'FtpClient' | 'Transfer' | 'ApiClient' | 'ConnectionTest') {
  return edge({
    from,
    name: 'workspace',
    permission: 'workspace:read',
    input: z.strictObject({}),
    output: workspace,
    workspaceOf: (thing: { workspaceId: string }) => thing.workspaceId,
    load: async ({ transaction, scope }) => {
      const ids = scope.map((grant) => grant.workspaceId)
      const rows = new Map((await listWorkspaces(transaction, { ids, limit: ids.length })).map((row) => [row.id, row]))
      return ({ workspaceId }) => {
        const row = rows.get(workspaceId)
        return row && showWorkspace(row)
      }
    },
  })
}

export const workspaceOfFtpClient = workspaceOf('FtpClient')
export const workspaceOfTransfer = workspaceOf('Transfer')
export const workspaceOfApiClient = workspaceOf('ApiClient')
export const workspaceOfConnectionTest = workspaceOf('ConnectionTest')
