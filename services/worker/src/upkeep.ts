import { forgetExpired } from '@drayage/core/access/forget-expired'
import type { Database } from '@drayage/db/connect'
import { findLostConnectionTests } from '@drayage/db/queries/due'
import { dropOldFiles, sweepOrphans } from '@drayage/db/queries/files'
import { forgetOldReplies } from '@drayage/db/queries/idempotent-replies'
import { forgetEndedQuotas } from '@drayage/db/queries/rate-limits'
import { forgetOldSlots } from '@drayage/db/queries/slots'
import type { Queue } from './queue.ts'

const day = 24 * 3600

/**
 * What has to be done now and then by any worker: room in the file store for the coming week, old files and files that
 * were never completed forgotten, as what people and ERPs were let in with and no longer are, what was kept of
 * their requests and what dead workers held, lost connection tests run again.
 */
export async function upkeep(db: Database, queue: Pick<Queue, 'enqueueAll'>, options: { retentionDays: number }): Promise<void> {
  await db.sweep(({ client }) => client.query('select prepare_file_store()'))
  // Some at a time: what is due is looked for over the same connection.
  const limit = 100
  while ((await db.sweep((transaction) => dropOldFiles(transaction, { ...options, limit }))) === limit);
  while ((await db.sweep((transaction) => sweepOrphans(transaction, { olderThanSeconds: day, limit }))) === limit);
  await forgetExpired(db)
  await db.inWorkspace([], async (transaction) => {
    await forgetOldReplies(transaction, { olderThanSeconds: day })
    await forgetEndedQuotas(transaction)
    await forgetOldSlots(transaction)
  })
  await db.sweep(async (transaction) => {
    const lost = await findLostConnectionTests(transaction, { quietSeconds: 120, limit })
    await queue.enqueueAll(transaction, 'connection_test.run', lost)
  })
}
