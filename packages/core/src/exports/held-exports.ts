import type { Transaction } from '@drayage/db/connect'
import { type HeldExports as HeldRow, renewExports, stillHolds, takeExports } from '@drayage/db/queries/export-schedule'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import { type Hold, keepHold } from '../hold.ts'

/** A worker's hold on all exports of one client. */
export type HeldExports = Hold & { row: HeldRow }

/** Takes the exports of a client over, if it is at work and nobody else is at them. */
export async function holdExports(
  ctx: Context,
  key: { workspaceId: string; ftpClientId: string },
  options: { worker: string; signal: AbortSignal },
): Promise<HeldExports | undefined> {
  const { leaseMs } = ctx.settings
  const takenAt = performance.now()
  const row = await ctx.db.inWorkspace(key.workspaceId, (transaction) => takeExports(transaction, key, { worker: options.worker, leaseMs }))
  if (row === undefined) return undefined
  const hold = keepHold(ctx, {
    renew: () => ctx.db.inWorkspace(key.workspaceId, (transaction) => renewExports(transaction, row, { leaseMs })),
    lost: exportsTakenOver,
    signal: options.signal,
    takenAt,
    // Whoever pauses or deletes the client does not wait for the lease.
    freshMs: 0,
    about: { ftpClientId: key.ftpClientId },
  })
  return { ...hold, row }
}

/** Records something in a transaction that nobody can take the exports over before the end of. Faults: `export.taken_over`. */
export function recordHeld<T>(ctx: Context, { row }: HeldExports, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return ctx.db.inWorkspace(row.workspaceId, async (transaction) => {
    if (!(await stillHolds(transaction, row))) throw exportsTakenOver()
    return work(transaction)
  })
}

export function exportsTakenOver(): Fault {
  return new Fault('fenced', 'export.taken_over', 'Another worker has taken these exports over, or the client was stopped.')
}
