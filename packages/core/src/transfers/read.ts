import { listIssues } from '@drayage/db/queries/transfer-issues'
import { listTransfers as listRows } from '@drayage/db/queries/transfer-views'
import { z } from 'zod'
import { operation } from '../operation.ts'
import { numberedPageOf, numberedPageQuery, pageFields, pageOf, pageQuery } from '../page.ts'
import { id, instant, productKey } from '../wire.ts'
import { foundTransfer, shownTransfer } from './found.ts'
import { showIssue, showTransfer, transfer, transferIssue, transferState } from './schema.ts'

export const getTransfer = operation({
  name: 'transfer',
  permission: 'transfer:read',
  input: z.strictObject({ id }),
  output: transfer,
  run: ({ transaction, scope, input }) => shownTransfer(transaction, { id: input.id, scope }),
})

export const listTransfers = operation({
  name: 'transfers',
  permission: 'transfer:read',
  input: z.strictObject({
    workspaceId: id.optional(),
    ftpClientId: id.optional(),
    product: productKey.optional(),
    action: z.string().max(100).optional(),
    state: transferState.optional(),
    since: instant.optional().meta({ description: 'only transfers that began then or later' }),
    ...pageFields,
  }),
  output: z.object({ items: z.array(transfer), nextCursor: z.string().optional() }).meta({ id: 'TransferPage' }),
  run: async ({ transaction, scope, input }) => {
    const { ftpClientId, product, action, state } = input
    const since = input.since === undefined ? undefined : new Date(input.since)
    const rows = await listRows(transaction, { scope, ftpClientId, product, action, state, since, ...pageQuery(input) })
    return pageOf(rows, input, showTransfer)
  },
})

/** What was found about the rows of a file, in their order. */
export const listTransferIssues = operation({
  name: 'transferIssues',
  permission: 'transfer:read',
  input: z.strictObject({ id, ...pageFields }),
  output: z.object({ items: z.array(transferIssue), nextCursor: z.string().optional() }).meta({ id: 'TransferIssuePage' }),
  run: async ({ transaction, scope, input }) => {
    const { workspaceId, id: transferId } = await foundTransfer(transaction, { id: input.id, scope })
    const rows = await listIssues(transaction, { workspaceId, transferId, ...numberedPageQuery(input) })
    return numberedPageOf(rows, input, showIssue)
  },
})
