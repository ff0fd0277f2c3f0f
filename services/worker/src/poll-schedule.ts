import type { Database } from '@drayage/db/connect'
import { takeDueExports, takeDueLetters, takeDuePolls, takeDueTransfers } from '@drayage/db/queries/due'
import type { JobLoop } from './job-loop.ts'
import type { Queue } from './queue.ts'

/** Rows taken in one transaction. */
const limit = 500
/** How late a client may be before a worker looks that has no session with its server. */
const othersAfterSeconds = 2

/** Any number of workers may do this at once; each row is taken by one. */

/** Turns transfers, exports and letters whose time has come, or whose wake-up call was lost, into jobs for anybody. */
export async function scanDue(db: Database, queue: Pick<Queue, 'enqueueAll'>): Promise<void> {
  for (;;) {
    const most = await db.sweep(async (transaction) => {
      const transfers = await takeDueTransfers(transaction, { limit })
      await queue.enqueueAll(transaction, 'transfer.run', transfers)
      const exports = await takeDueExports(transaction, { limit })
      await queue.enqueueAll(transaction, 'client.export', exports)
      const letters = await takeDueLetters(transaction, { limit })
      await queue.enqueueAll(transaction, 'mail.send', letters)
      return Math.max(transfers.length, exports.length, letters.length)
    })
    if (most < limit) return
  }
}

/** Begins looks that are due here, as far as there is room, because this worker is the one with the open session. */
export async function beginDueLooks(
  db: Database,
  { loop, worker }: { loop: Pick<JobLoop, 'room' | 'begin'>; worker: string },
): Promise<void> {
  const room = Math.min(limit, loop.room('client.poll'))
  if (room === 0) return
  loop.begin('client.poll', await db.sweep((transaction) => takeDuePolls(transaction, { worker, othersAfterSeconds, limit: room })))
}
