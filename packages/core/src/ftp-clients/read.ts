import { listFtpClients as listRows } from '@drayage/db/queries/ftp-clients'
import { z } from 'zod'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { id, productKey } from '../wire.ts'
import { shownClient } from './found.ts'
import { ftpClient, ftpClientStatus, showFtpClient } from './schema.ts'

export const getFtpClient = operation({
  name: 'ftpClient',
  permission: 'ftp_client:read',
  input: z.strictObject({ id }),
  output: ftpClient,
  run: ({ transaction, scope, input }) => shownClient(transaction, { id: input.id, scope }),
})

export const listFtpClients = operation({
  name: 'ftpClients',
  permission: 'ftp_client:read',
  input: z.strictObject({ workspaceId: id.optional(), product: productKey.optional(), status: ftpClientStatus.optional(), ...pageFields }),
  output: z.object({ items: z.array(ftpClient), nextCursor: z.string().optional() }).meta({ id: 'FtpClientPage' }),
  run: async ({ transaction, scope, input }) => {
    const { product, status } = input
    const rows = await listRows(transaction, { scope, product, status, ...pageQuery(input) })
    return pageOf(rows, input, showFtpClient)
  },
})
