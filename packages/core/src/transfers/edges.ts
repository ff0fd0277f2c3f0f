import { listIssuesOfEach } from '@drayage/db/queries/transfer-issues'
import { listTransfersOfEach } from '@drayage/db/queries/transfer-views'
import { z } from 'zod'
import { edge } from '../edge.ts'
import { numberedPageOf, numberedPageQuery, pageFields, pageOf, pageQuery } from '../page.ts'
import { listTransferIssues, listTransfers } from './read.ts'
import { showIssue, showTransfer } from './schema.ts'

export const transfersOfFtpClient = edge({
  from: 'FtpClient',
  name: 'transfers',
  permission: 'transfer:read',
  input: z.strictObject(pageFields),
  output: listTransfers.output,
  workspaceOf: (client: { workspaceId: string; id: string }) => client.workspaceId,
  load: async ({ transaction, scope, things, input }) => {
    const ftpClientIds = [...new Set(things.map(({ id }) => id))]
    const found = await listTransfersOfEach(transaction, { scope, ftpClientIds, ...pageQuery(input) })
    const rows = Map.groupBy(found, (row) => row.ftpClientId)
    return ({ id }) => pageOf(rows.get(id) ?? [], input, showTransfer)
  },
})

/** What was found about the rows of a file, in their order. The transfers were read within the actor's scope. */
export const issuesOfTransfer = edge({
  from: 'Transfer',
  name: 'issues',
  permission: 'transfer:read',
  input: z.strictObject(pageFields),
  output: listTransferIssues.output,
  workspaceOf: (transfer: { workspaceId: string; id: string }) => transfer.workspaceId,
  load: async ({ transaction, things, input }) => {
    const workspaceIds = [...new Set(things.map(({ workspaceId }) => workspaceId))]
    const transferIds = [...new Set(things.map(({ id }) => id))]
    const found = await listIssuesOfEach(transaction, { workspaceIds, transferIds, ...numberedPageQuery(input) })
    const rows = Map.groupBy(found, (row) => row.transferId)
    return ({ id }) => numberedPageOf(rows.get(id) ?? [], input, showIssue)
  },
})
