import { renewLease, takeLease } from '@drayage/db/queries/transfers'
import type { TransferRow } from '@drayage/db/schema/transfers'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import { type Hold, keepHold } from '../hold.ts'

/**
 * A worker's hold on one transfer. It is renewed in the background while held; whoever lost it finds out before the next
 * thing that others could see.
 */
export type Lease = Hold & { transfer: TransferRow; worker: string }

/** Of the time that a lease runs: for so long after it was taken or renewed nobody can have it, and nobody is asked. */
const freshPart = 1 / 10

/** Takes the transfer over if it is due and free. What a former holder was doing in the database is ended first. */
export async function holdTransfer(
  ctx: Context,
  key: { workspaceId: string; id: string },
  options: { worker: string; signal: AbortSignal },
): Promise<Lease | undefined> {
  const { leaseMs } = ctx.settings
  const takenAt = performance.now()
  const transfer = await ctx.db.inWorkspace(key.workspaceId, (transaction) =>
    takeLease(transaction, key, { worker: options.worker, leaseMs }),
  )
  if (transfer === undefined) return undefined
  const hold = keepHold(ctx, {
    renew: () => ctx.db.inWorkspace(key.workspaceId, (transaction) => renewLease(transaction, transfer, { leaseMs })),
    lost: () => takenOver(key),
    signal: options.signal,
    takenAt,
    freshMs: leaseMs * freshPart,
    about: { transferId: key.id },
  })
  return { ...hold, transfer, worker: options.worker }
}

export function takenOver(key: { id: string }): Fault {
  return new Fault('fenced', 'transfer.taken_over', 'Another worker has taken this transfer over.', { details: { transferId: key.id } })
}
