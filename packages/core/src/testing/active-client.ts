import { startExports } from '@drayage/db/queries/export-schedule'
import { insertFtpClient } from '@drayage/db/queries/ftp-clients'
import { setLicence } from '@drayage/db/queries/licences'
import { addRecipients } from '@drayage/db/queries/outbox'
import { startPolling } from '@drayage/db/queries/poll-schedule'
import { insertWorkspace } from '@drayage/db/queries/workspaces'
import type { FtpClientRow, NewFtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { Context } from '../context.ts'
import { keepSecrets } from '../ftp-clients/client-secrets.ts'
import { newId } from '../id.ts'
import { type Layout, layoutOf } from '../imports/layout.ts'
import { productOf } from '../imports/products/registry.ts'

/** A client that people have tested and activated, in a workspace of its own that has a licence. */
export type ActiveClient = { workspaceId: string; ftpClientId: string; row: FtpClientRow; layout: Layout }

/** What differs from a GST client that looks every second, waits for no quiet time and tells `reports@example.com`. */
export type ActiveClientFields = Partial<Omit<NewFtpClientRow, 'workspaceId' | 'id'>> & { password?: string; privateKey?: string }

export async function activeClient(ctx: Context, fields: ActiveClientFields = {}): Promise<ActiveClient> {
  const { password, privateKey, ...columns } = fields
  const workspaceId = newId()
  const ftpClientId = newId()
  const row = await ctx.db.inWorkspace(workspaceId, async (transaction) => {
    await insertWorkspace(transaction, { id: workspaceId, name: 'Acme' })
    const product = columns.product ?? 'gst'
    await setLicence(transaction, { workspaceId, product, validUntil: new Date('2999-01-01') })
    const made = await insertFtpClient(transaction, {
      activatedAt: ctx.now(),
      ...defaults,
      ...columns,
      product,
      workspaceId,
      id: ftpClientId,
    })
    await keepSecrets(
      ctx,
      transaction,
      { workspaceId, ownerId: ftpClientId },
      { password: privateKey === undefined ? (password ?? 'secret') : password, privateKey },
    )
    const key = { workspaceId, ftpClientId }
    await addRecipients(transaction, key, { addresses: made.notificationEmails, addedBy: 'admin@example.com' })
    if (productOf(product).exports !== undefined) await startExports(transaction, key)
    await startPolling(transaction, { ...key, intervalSeconds: made.pollIntervalSeconds })
    return made
  })
  return { workspaceId, ftpClientId, row, layout: layoutOf(productOf(row.product), row) }
}

const defaults = {
  label: 'SAP',
  status: 'active',
  rootFolder: 'CLEARTAX',
  protocol: 'sftp',
  host: 'sftp.example.com',
  port: 22,
  baseDirectory: '/data',
  username: 'acme',
  csv: { delimiter: ',', quote: '"', encoding: 'utf-8' },
  timeZone: 'Asia/Kolkata',
  notificationEmails: ['reports@example.com'] as string[],
  mailPolicy: 'problems',
  pollIntervalSeconds: 1,
  quietSeconds: 0,
  configDigest: 'tested',
  hasPassword: true,
} as const
