import { hasStoppingAttention } from '@drayage/db/queries/attentions'
import { findFtpClient } from '@drayage/db/queries/ftp-clients'
import { releaseLease } from '@drayage/db/queries/transfers'
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
  await using run = await prepare(ctx, lease)
  const { transfer } = lease
  try {
    if (await mustWait(run)) return await rest(run)
    if (transfer.attempts >= attemptsLimit && !isFinal(transfer.state)) {
      const message = 'Workers ended unexpectedly each time they worked on this file.'
      return await setAside(run, transfer, { kind: 'bug', code: 'transfer.poison', message })
    }
    await carry(run, transfer)
    await finish(run)
  } catch (error) {
    await settleFailure(run, error, options)
  }
}

async function prepare(ctx: Context, lease: Lease): Promise<Run & AsyncDisposable> {
  const { workspaceId, ftpClientId, product: productKey, action: actionKey } = lease.transfer
  const product = productOf(productKey)
  const client =
    ftpClientId === null
      ? undefined
      : await ctx.db.inWorkspace(workspaceId, (transaction) => findFtpClient(transaction, { workspaceId, id: ftpClientId }))
  const layout = client === undefined ? undefined : layoutOf(product, client)
  return openRun({ ctx, lease, client, action: actionOf(product, actionKey), layout })
}

/** A paused client's running files go on to their end; a stopped one's wait for a person, and so do those of a draft. */
async function mustWait({ ctx, client, lease }: Run): Promise<boolean> {
  if (client === undefined) return false
  if (client.status === 'draft' || (client.status === 'paused' && lease.transfer.state === 'seen')) return true
  const { workspaceId, id } = client
  return ctx.db.inWorkspace(workspaceId, (transaction) => hasStoppingAttention(transaction, { workspaceId, ftpClientId: id }))
}

/** Waits without lease or session until somebody asks: the next look, or a person who activates the client. */
async function rest({ ctx, lease }: Run): Promise<void> {
  await ctx.db.inWorkspace(lease.transfer.workspaceId, (transaction) => releaseLease(transaction, lease.transfer, {}))
}

async function finish(run: Run): Promise<void> {
  const { workspaceId, ftpClientId } = run.lease.transfer
  await run.ctx.db.inWorkspace(workspaceId, async (transaction) => {
    await releaseLease(transaction, run.lease.transfer, {})
    if (ftpClientId !== null) await clearAttention(run.ctx, transaction, { workspaceId, ftpClientId })
  })
}
