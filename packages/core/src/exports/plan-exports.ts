import type { Transaction } from '@drayage/db/connect'
import { hasStoppingAttention } from '@drayage/db/queries/attentions'
import { listOpenExportFiles, planExportFile } from '@drayage/db/queries/export-files'
import { setNextNight, stopExports } from '@drayage/db/queries/export-schedule'
import { holdFtpClient, listEverActivated } from '@drayage/db/queries/ftp-clients'
import { hasLicence } from '@drayage/db/queries/licences'
import type { ExportFileRow } from '@drayage/db/schema/exports'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { Context } from '../context.ts'
import { newId } from '../id.ts'
import { productOf } from '../imports/products/registry.ts'
import type { ProductExports } from '../imports/record-export.ts'
import { exportsTakenOver, type HeldExports } from './held-exports.ts'
import { beginOf, dayAfter, fileNameOf, momentOf, nightOf } from './nights.ts'

/** What is to be done for a client: files to deliver, and when the next ones are to be planned. */
export type ExportPlan = { client: FtpClientRow; exports: ProductExports; files: ExportFileRow[]; nextAt: Date }

/**
 * Plans the files of a night that has come, once: what was recorded before the day began and is in no file yet. Nights that
 * went by unseen are one with the last of them. Undefined for a client that is not at work.
 */
export async function planExports(ctx: Context, { row }: HeldExports): Promise<ExportPlan | undefined> {
  const { workspaceId, ftpClientId } = row
  return ctx.db.inWorkspace(workspaceId, async (transaction) => {
    const client = await holdFtpClient(transaction, { workspaceId, id: ftpClientId })
    const atWork = client?.status === 'active' && !(await hasStoppingAttention(transaction, row))
    const exports = client && productOf(client.product).exports
    if (!atWork || exports === undefined) {
      await stopExports(transaction, row)
      return undefined
    }
    const nightly = { timeZone: client.timeZone, time: exports.of(client.settings).time }
    const night = nightOf(ctx.now(), nightly)
    const planned = row.nextNight !== null && row.nextNight <= night
    const nextNight = planned || row.nextNight === null ? dayAfter(night) : row.nextNight
    // Nobody else plans until this transaction ends.
    if (!(await setNextNight(transaction, row, nextNight))) throw exportsTakenOver()
    if (planned && (await isReceiver(ctx, transaction, { client, exports }))) {
      const before = beginOf(night, client.timeZone)
      const name = fileNameOf(night, nightly)
      for (const { kind } of exports.kinds)
        await planExportFile(transaction, { workspaceId, id: newId(), ftpClientId, kind, night, name, before })
    }
    return { client, exports, files: await listOpenExportFiles(transaction, row), nextAt: momentOf(nextNight, nightly) }
  })
}

/**
 * Whether the records of the workspace go to this client: to the first made of those that want them and were activated once.
 * Another one takes its place when it is deleted or its setting says so, never because it is paused or needs attention:
 * personal data goes to no other server by accident. Without a licence the records wait.
 */
async function isReceiver(
  ctx: Context,
  transaction: Transaction,
  { client, exports }: { client: FtpClientRow; exports: ProductExports },
): Promise<boolean> {
  if (!(await hasLicence(transaction, { ...client, at: ctx.now() }))) return false
  const clients = await listEverActivated(transaction, client)
  return clients.find(({ settings }) => exports.of(settings).wanted)?.id === client.id
}
