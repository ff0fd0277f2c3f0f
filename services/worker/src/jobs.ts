import type { Context } from '@drayage/core/context'
import { runConnectionTest } from '@drayage/core/ftp-clients/run-connection-test'
import { sendLetter } from '@drayage/core/notifications/send-letter'
import { pollClient } from '@drayage/core/transfers/poll'
import { runTransfer } from '@drayage/core/transfers/run-transfer'
import { afterFailure } from './errors.ts'
import type { JobTable } from './job-loop.ts'

/**
 * What each job runs, and how many at once. Transfers use memory and the database; looks and tests mostly wait for
 * other people's servers, so that a few that never answer must not keep the others out.
 */
export function jobTable(ctx: Context, options: { worker: string; transfersAtOnce: number }): JobTable {
  const { worker } = options
  return {
    'client.poll': { atOnce: 200, run: (key, signal) => pollClient(ctx, key, { worker, signal, afterFailure }) },
    'transfer.run': { atOnce: options.transfersAtOnce, run: (key, signal) => runTransfer(ctx, key, { worker, signal, afterFailure }) },
    'connection_test.run': { atOnce: 20, run: (key) => runConnectionTest(ctx, key) },
    'mail.send': { atOnce: 8, run: (key) => sendLetter(ctx, key) },
  }
}
