import type { Transaction } from '@drayage/db/connect'
import { stopExports } from '@drayage/db/queries/export-schedule'
import { stopPolling } from '@drayage/db/queries/poll-schedule'

/** From here on the client is not looked at any more, and nothing is exported to it. */
export async function stopWork(transaction: Transaction, key: { workspaceId: string; ftpClientId: string }): Promise<void> {
  await stopExports(transaction, key)
  await stopPolling(transaction, key)
}
