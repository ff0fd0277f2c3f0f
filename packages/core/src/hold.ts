import { isDatabaseAway } from '@drayage/db/database-away'
import type { Context } from './context.ts'
import type { Fault } from './faults.ts'

/** A worker's hold on something that others would take over if it fell silent. */
export type Hold = Disposable & {
  /** Aborted when the hold was lost or the worker shuts down. */
  signal: AbortSignal
  /**
   * Called right before every change that others could see: throws the fault of a hold that was lost. Renews, unless that
   * was done as short a time ago as the hold is fresh.
   */
  hold(): Promise<void>
}

/**
 * Keeps a hold by renewing it in the background, so that whoever lost it finds out before the next thing that others could
 * see.
 *
 * @param kept.renew false when it was lost
 * @param kept.takenAt `performance.now()` before it was taken
 * @param kept.freshMs for how long after it was taken or renewed nobody can have it, and nobody is asked; 0 to ask always
 */
export function keepHold(
  ctx: Context,
  kept: {
    renew(): Promise<boolean>
    lost(): Fault
    signal: AbortSignal
    takenAt: number
    freshMs: number
    about: Record<string, string>
  },
): Hold {
  const { lost, signal, takenAt, freshMs, about } = kept
  const gone = new AbortController()
  let renewedAt = takenAt
  const renew = async () => {
    const from = performance.now()
    if (!(await kept.renew())) {
      gone.abort()
      throw lost()
    }
    renewedAt = from
  }
  // While PostgreSQL is away nobody can take over either; what must be known for certain asks hold() itself.
  const beat = setInterval(() => {
    renew().catch((error: unknown) => {
      if (!gone.signal.aborted && !isDatabaseAway(error)) ctx.log.error({ err: error, ...about }, 'the lease could not be renewed')
    })
  }, ctx.settings.leaseMs / 3)
  return {
    signal: AbortSignal.any([gone.signal, signal]),
    hold: async () => {
      if (gone.signal.aborted || performance.now() - renewedAt >= freshMs) await renew()
    },
    [Symbol.dispose]: () => clearInterval(beat),
  }
}
