import { listFtpClientsOfEach, readFtpClients } from '@drayage/db/queries/ftp-clients'
import { z } from 'zod'
import { edge } from '../edge.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { listFtpClients } from './read.ts'
import { ftpClient, showFtpClient } from './schema.ts'

export const ftpClientsOfWorkspace = edge({
  from: 'Workspace',
  name: 'ftpClients',
  permission: 'ftp_client:read',
  input: z.strictObject(pageFields),
  output: listFtpClients.output,
  workspaceOf: (workspace: { id: string }) => workspace.id,
  load: async ({ transaction, scope, input }) => {
    const rows = Map.groupBy(await listFtpClientsOfEach(transaction, { scope, ...pageQuery(input) }), (row) => row.workspaceId)
    return ({ id }) => pageOf(rows.get(id) ?? [], input, showFtpClient)
  },
})

/** None for a file that came through the API, and for a client that was deleted. */
export const ftpClientOfTransfer = edge({
  from: 'Transfer',
  name: 'ftpClient',
  permission: 'ftp_client:read',
  input: z.strictObject({}),
  output: ftpClient,
  workspaceOf: (transfer: { workspaceId: string; ftpClientId?: string }) => transfer.workspaceId,
  load: async ({ transaction, scope, things }) => {
    const ids = [...new Set(things.flatMap(({ ftpClientId }) => ftpClientId ?? []))]
    const rows = new Map((await readFtpClients(transaction, { ids, scope })).map((row) => [row.id, row]))
    return ({ ftpClientId = '' }) => {
      const row = rows.get(ftpClientId)
      return row && showFtpClient(row)
    }
  },
})
