import type { Database } from '@drayage/db/connect'
import { takeDueLetters, takeDuePolls, takeDueTransfers } from '@drayage/db/queries/due'
import type { Queue } from './queue.ts'

/** Rows taken in one transaction. */
const limit = 500

/**
 * Turns what is due into jobs: polls by their schedule, and transfers and letters whose time has come or whose wake-up
 * call was lost. Any number of workers may do it at once; each row is taken by one.
 */
export async function scanDue(db: Database, queue: Pick<Queue, 'enqueueAll'>): Promise<void> {
  for (;;) {
    const most = await db.sweep(async (transaction) => {
      const polls = await takeDuePolls(transaction, { limit })
      await queue.enqueueAll(transaction, 'client.poll', polls)
      const transfers = await takeDueTransfers(transaction, { limit })
      await queue.enqueueAll(transaction, 'transfer.run', transfers)
      const letters = await takeDueLetters(transaction, { limit })
      await queue.enqueueAll(transaction, 'mail.send', letters)
      return Math.max(polls.length, transfers.length, letters.length)
    })
    if (most < limit) return
  }
}
