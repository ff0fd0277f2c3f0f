import { hasStoppingAttention } from '@drayage/db/queries/attentions'
import { findFtpClient, findFtpClientEvenDeleted, holdFtpClient } from '@drayage/db/queries/ftp-clients'
import { othersFail, releaseLease } from '@drayage/db/queries/transfers'
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
  await using run = await prepare(ctx, lease)
  const { transfer } = lease
  if (await restIfItMust(run)) return
  if (transfer.attempts >= attemptsLimit && !isFinal(transfer.state)) {
    const message = 'Workers ended unexpectedly each time they worked on this file.'
    return setAside(run, transfer, { kind: 'bug', code: 'transfer.poison', message })
  }
  await carry(run, transfer)
  await finish(run)
}

async function prepare(ctx: Context, lease: Lease): Promise<Run & AsyncDisposable> {
  const { workspaceId, ftpClientId, product: productKey, action: actionKey, replayOf } = lease.transfer
  const product = productOf(productKey)
  // A replay needs the client's settings only, and outlives it.
  const find = replayOf === null ? findFtpClient : findFtpClientEvenDeleted
  const client =
    ftpClientId === null
      ? undefined
      : await ctx.db.inWorkspace(workspaceId, (transaction) => find(transaction, { workspaceId, id: ftpClientId }))
  const layout = client === undefined || replayOf !== null ? undefined : layoutOf(product, client)
  return openRun({ ctx, lease, client, action: actionOf(product, actionKey), layout })
}

/**
 * A paused client's running files go on to their end; a stopped one's wait for a person, and so do those of a draft:
 * without lease or session until somebody asks, the next look or whoever activates the client. Decided while the client
 * cannot change, so that the one who wakes what waits finds it waiting.
 */
async function restIfItMust({ ctx, client, layout, lease }: Run): Promise<boolean> {
  if (client === undefined || layout === undefined) return false
  const { workspaceId, id: ftpClientId } = client
  return ctx.db.inWorkspace(workspaceId, async (transaction) => {
    const now = await holdFtpClient(transaction, client)
    const waits =
      now?.status === 'draft' ||
      (now?.status === 'paused' && lease.transfer.state === 'seen') ||
      (await hasStoppingAttention(transaction, { workspaceId, ftpClientId }))
    if (waits) await releaseLease(transaction, lease.transfer, {})
    return waits
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
