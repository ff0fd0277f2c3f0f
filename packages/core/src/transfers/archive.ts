import { sharesName } from '@drayage/db/queries/transfers'
import type { TransferRow } from '@drayage/db/schema/transfers'
import { asFault } from '../faults.ts'
import { isRejected } from '../imports/outcome.ts'
import type { Remote } from '../remotes/remote.ts'
import { candidateNames } from './file-names.ts'
import { note, record } from './ledger.ts'
import type { Run } from './run.ts'

/** Puts the original away, into the done folder, or the failed one when nothing of it was accepted. */
export async function archive(run: Run, transfer: TransferRow): Promise<TransferRow> {
  if (transfer.state !== 'delivered') return transfer
  const archivedPath = await putAway(
    run,
    transfer,
    transfer.outcome !== null && isRejected(transfer.outcome) ? run.action.folders.failed : run.action.folders.done,
  )
  return record(run, transfer, { to: 'archived', set: { archivedPath }, details: archivedPath === null ? {} : { path: archivedPath } })
}

/** Puts a file that was set aside into the failed folder, where its owner sees it. */
export async function putAside(run: Run, transfer: TransferRow): Promise<TransferRow> {
  if (transfer.state !== 'quarantined' || transfer.claimedPath === null || transfer.archivedPath !== null) return transfer
  const archivedPath = await putAway(run, transfer, run.action.folders.failed)
  return note(run, transfer, { archivedPath: archivedPath ?? transfer.claimedPath })
}

/** @returns where it went; null when there was nothing left to move */
async function putAway(run: Run, transfer: TransferRow, folder: string): Promise<string | null> {
  if (transfer.claimedPath === null || run.layout === undefined) return null
  const target = run.layout.path(folder)
  const remote = await run.remote({ bytes: 0 })
  for (const name of await namesFor(run, transfer)) {
    await run.lease.hold()
    const moved = await moveIfFree(remote, { from: transfer.claimedPath, to: `${target}/${name}` })
    if (moved !== 'taken') return moved === 'moved' ? `${target}/${name}` : null
  }
  // The last candidate carries the whole id: what has that name is this very file, moved by an earlier run.
  return null
}

/**
 * Many FTP servers overwrite, so that a name which is free at a look may be taken by the time of the move: while an earlier file
 * of the same name is on its way, it is his.
 */
async function namesFor({ ctx }: Run, transfer: TransferRow): Promise<readonly string[]> {
  const names = candidateNames({ fileName: transfer.fileName, transferId: transfer.id })
  const shared = await ctx.db.inWorkspace(transfer.workspaceId, (transaction) => sharesName(transaction, transfer))
  return shared ? names.slice(-1) : names
}

async function moveIfFree(remote: Remote, names: { from: string; to: string }): Promise<'moved' | 'taken' | 'gone'> {
  try {
    await remote.move(names.from, names.to)
    return 'moved'
  } catch (error) {
    const kind = asFault(error)?.kind
    if (kind === 'conflict') return 'taken'
    if (kind !== 'not_found') throw error
    if ((await remote.stat(names.from)) !== undefined) throw error
    return 'gone'
  }
}
