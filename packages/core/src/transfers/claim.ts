import { findTransfer } from '@drayage/db/queries/transfers'
import type { TransferRow } from '@drayage/db/schema/transfers'
import { asFault } from '../faults.ts'
import type { Remote } from '../remotes/remote.ts'
import { record } from './ledger.ts'
import type { Run } from './run.ts'
import { isFinal } from './states.ts'

/**
 * Takes the file out of the inbox, into the claimed folder under a name that is this transfer's alone. The intent is
 * recorded first, so that after a crash both places are looked at.
 */
export async function claim(run: Run, transfer: TransferRow): Promise<TransferRow> {
  if (transfer.state === 'seen') {
    const claimedPath = `${run.layout?.path(run.action.folders.claimed)}/${transfer.id}~${transfer.fileName}`
    return claim(run, await record(run, transfer, { to: 'claiming', set: { claimedPath } }))
  }
  if (transfer.state !== 'claiming' || transfer.claimedPath === null) return transfer

  const remote = await run.remote({ bytes: transfer.size })
  await run.lease.hold()
  const taken = await moveOnce(remote, { from: transfer.path, to: transfer.claimedPath })
  if (!taken) return record(run, transfer, { to: 'vanished', details: { path: transfer.path } })
  try {
    return await record(run, transfer, { to: 'claimed', details: { path: transfer.claimedPath } })
  } catch (error) {
    if (asFault(error)?.kind === 'fenced') await putBackStray(run, remote, { from: transfer.claimedPath, to: transfer.path })
    throw error
  }
}

/**
 * A worker that wakes up when another one is done with its file may have taken a later one of the same name, which nobody
 * would ever look at where it is now.
 */
async function putBackStray({ ctx, lease }: Run, remote: Remote, names: { from: string; to: string }): Promise<void> {
  const now = await ctx.db.inWorkspace(lease.transfer.workspaceId, (transaction) => findTransfer(transaction, lease.transfer))
  // What was set aside is about to be moved on from there.
  const done = now !== undefined && isFinal(now.state) && now.state !== 'quarantined'
  if (done) await moveOnce(remote, names)
}

/**
 * Moves a file to a name nobody else uses, so that finding it there means that it was moved, now or by an earlier run.
 * False when it is in neither place.
 */
export async function moveOnce(remote: Remote, names: { from: string; to: string }): Promise<boolean> {
  try {
    await remote.move(names.from, names.to)
    return true
  } catch (error) {
    const kind = asFault(error)?.kind
    if (kind !== 'not_found' && kind !== 'conflict') throw error
    if ((await remote.stat(names.to)) !== undefined) return true
    // With the file still there it is the folder to move it to that is missing.
    if (kind === 'conflict' || (await remote.stat(names.from)) !== undefined) throw error
    return false
  }
}
