import type { Database } from '@drayage/db/connect'
import { takeDueLetters, takeDuePolls, takeDueTransfers } from '@drayage/db/queries/due'
import type { JobLoop } from './job-loop.ts'
import type { Queue } from './queue.ts'

/** Rows taken in one transaction. */
const limit = 500
/** How late a client may be before a worker looks that has no session with its server. */
const othersAfterSeconds = 2

/**
 * Turns what is due into work: transfers and letters whose time has come, or whose wake-up call was lost, into jobs for
 * anybody; looks into work of this worker's own, as far as it has room, because it is the one with the open session.
 * Any number of workers may do it at once; each row is taken by one.
 */
export async function scanDue(
  db: Database,
  { queue, loop, worker }: { queue: Pick<Queue, 'enqueueAll'>; loop: Pick<JobLoop, 'room' | 'begin'>; worker: string },
): Promise<void> {
  for (;;) {
    const room = Math.min(limit, loop.room('client.poll'))
    const { polls, most } = await db.sweep(async (transaction) => {
      const polls = room === 0 ? [] : await takeDuePolls(transaction, { worker, othersAfterSeconds, limit: room })
      const transfers = await takeDueTransfers(transaction, { limit })
      await queue.enqueueAll(transaction, 'transfer.run', transfers)
      const letters = await takeDueLetters(transaction, { limit })
      await queue.enqueueAll(transaction, 'mail.send', letters)
      return { polls, most: Math.max(transfers.length, letters.length) }
    })
    loop.begin('client.poll', polls)
    if (most < limit) return
  }
}
