import { hasStoppingAttention } from '@drayage/db/queries/attentions'
import { findFtpClientEvenDeleted, holdFtpClient } from '@drayage/db/queries/ftp-clients'
import { othersFail, releaseLease } from '@drayage/db/queries/transfers'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { TransferRow } from '@drayage/db/schema/transfers'
import type { Context } from '../context.ts'
import { clearAttention } from '../ftp-clients/attention.ts'
import { layoutOf } from '../imports/layout.ts'
import { actionOf, productOf } from '../imports/products/registry.ts'
import { archive, putAside } from './archive.ts'
import { claim } from './claim.ts'
import { deliver } from './deliver.ts'
import { attemptsLimit, setAside, settleFailure } from './failure.ts'
import { fetch } from './fetch.ts'
import { importFile } from './import.ts'
import { holdTransfer, type Lease } from './lease.ts'
import { report } from './report.ts'
import { openRun, type Run, type WorkerOptions } from './run.ts'
import { isFinal } from './states.ts'

/**
 * One file's life, from where it stands to its end.
 *
 * Each step does nothing when it is done already, so a run after a crash goes through the same lines. Every step that
 * changed something has recorded it under this run's fence before the next one begins, and nothing else stands between
 * two of them.
 */
async function carry(run: Run, found: TransferRow): Promise<TransferRow> {
  let transfer = found
  transfer = await claim(run, transfer) // inbox -> claimed folder, under a name of its own
  transfer = await fetch(run, transfer) // claimed folder -> file store
  transfer = await importFile(run, transfer) // file store -> the product's tables, or nothing at all
  transfer = await report(run, transfer) // outcome -> result files, in the file store
  transfer = await deliver(run, transfer) // file store -> output folders; the report mail
  transfer = await archive(run, transfer) // claimed folder -> done, or failed
  return putAside(run, transfer) // what was set aside -> failed
}

/** Carries a transfer on, if it is due and nobody else does. What goes wrong with it is written down with it, not thrown. */
export async function runTransfer(ctx: Context, key: { workspaceId: string; transferId: string }, options: WorkerOptions): Promise<void> {
  using lease = await holdTransfer(ctx, { workspaceId: key.workspaceId, id: key.transferId }, options)
  if (lease === undefined) return
  try {
    await carryOn(ctx, lease)
  } catch (error) {
    await settleFailure({ ctx, lease }, error, options)
  }
}

async function carryOn(ctx: Context, lease: Lease): Promise<void> {
  const { client, rests } = await clientOf(ctx, lease)
  if (rests) return
  const { transfer } = lease
  const product = productOf(transfer.product)
  const layout = client === undefined || transfer.replayOf !== null ? undefined : layoutOf(product, client)
  await using run = openRun({ ctx, lease, client, action: actionOf(product, transfer.action), layout })
  if (transfer.attempts >= attemptsLimit && !isFinal(transfer.state)) {
    const message =
      'Workers ended unexpectedly each time they worked on this file. Replay it later; if it happens again, tell us its transfer id.'
    return setAside(run, transfer, { kind: 'bug', code: 'transfer.poison', message })
  }
  await carry(run, transfer)
  await finish(run)
}

/**
 * Whose file it is. A paused client's running files go on to their end; a stopped one's wait for a person, and so do those
 * of a draft: without lease or session until somebody asks, the next look or whoever activates the client. Decided while
 * the client cannot change, so that the one who wakes what waits finds it waiting. A replay needs the client's settings
 * only, and outlives it.
 */
async function clientOf({ db }: Context, { transfer }: Lease): Promise<{ client?: FtpClientRow; rests?: boolean }> {
  const { workspaceId, ftpClientId, replayOf, state } = transfer
  if (ftpClientId === null) return {}
  return db.inWorkspace(workspaceId, async (transaction) => {
    const key = { workspaceId, id: ftpClientId }
    if (replayOf !== null) return { client: await findFtpClientEvenDeleted(transaction, key) }
    const client = await holdFtpClient(transaction, key)
    if (client === undefined) return {}
    const rests =
      client.status === 'draft' ||
      (client.status === 'paused' && state === 'seen') ||
      (await hasStoppingAttention(transaction, { workspaceId, ftpClientId }))
    if (rests) await releaseLease(transaction, transfer, {})
    return { client, rests }
  })
}

async function finish({ ctx, layout, lease }: Run): Promise<void> {
  const { workspaceId, ftpClientId } = lease.transfer
  await ctx.db.inWorkspace(workspaceId, async (transaction) => {
    await releaseLease(transaction, lease.transfer, {})
    // Only what came and went by the server tells that it is well, and only while nothing else says otherwise.
    if (ftpClientId === null || layout === undefined || (await othersFail(transaction, lease.transfer))) return
    await clearAttention(ctx, transaction, { workspaceId, ftpClientId })
  })
}
