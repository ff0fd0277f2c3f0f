import { isDatabaseAway } from '@drayage/db/database-away'
import { renewLease, takeLease } from '@drayage/db/queries/transfers'
import type { TransferRow } from '@drayage/db/schema/transfers'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'

/**
 * A worker's hold on one transfer. It is renewed in the background while held; whoever lost it finds out before the next
 * thing that others could see.
 */
export type Lease = Disposable & {
  transfer: TransferRow
  worker: string
  /** Aborted when the lease was lost or the worker shuts down. */
  signal: AbortSignal
  /**
   * Called right before every change on the server: throws `fenced` when somebody else has taken over. Renews, unless that
   * was done within a `freshPart` of the lease.
   */
  hold(): Promise<void>
}

/** Of the time that a lease runs: for so long after it was taken or renewed nobody can have it, and nobody is asked. */
const freshPart = 1 / 10

/** Takes the transfer over if it is due and free. What a former holder was doing in the database is ended first. */
export async function holdTransfer(
  ctx: Context,
  key: { workspaceId: string; id: string },
  options: { worker: string; signal: AbortSignal },
): Promise<Lease | undefined> {
  const { leaseMs } = ctx.settings
  let renewedAt = performance.now()
  const transfer = await ctx.db.inWorkspace(key.workspaceId, (transaction) =>
    takeLease(transaction, key, { worker: options.worker, leaseMs }),
  )
  if (transfer === undefined) return undefined

  const lost = new AbortController()
  const renew = async () => {
    const from = performance.now()
    const kept = await ctx.db.inWorkspace(key.workspaceId, (transaction) => renewLease(transaction, transfer, { leaseMs }))
    if (!kept) lost.abort()
    if (!kept) throw takenOver(key)
    renewedAt = from
  }
  // While PostgreSQL is away nobody can take over either; what must be known for certain asks hold() itself.
  const beat = setInterval(() => {
    renew().catch((error: unknown) => {
      if (!lost.signal.aborted && !isDatabaseAway(error))
        ctx.log.error({ err: error, transferId: key.id }, 'the lease could not be renewed')
    })
  }, leaseMs / 3)
  return {
    transfer,
    worker: options.worker,
    signal: AbortSignal.any([lost.signal, options.signal]),
    hold: async () => {
      if (lost.signal.aborted || performance.now() - renewedAt > leaseMs * freshPart) await renew()
    },
    [Symbol.dispose]: () => clearInterval(beat),
  }
}

export function takenOver(key: { id: string }): Fault {
  return new Fault('fenced', 'transfer.taken_over', 'Another worker has taken this transfer over.', { details: { transferId: key.id } })
}
