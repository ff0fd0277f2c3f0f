import type { Context } from '@drayage/core/context'
import { runExports } from '@drayage/core/exports/run-exports'
import { runConnectionTest } from '@drayage/core/ftp-clients/run-connection-test'
import { sendLetter } from '@drayage/core/notifications/send-letter'
import { pollClient } from '@drayage/core/transfers/poll'
import { runTransfer } from '@drayage/core/transfers/run-transfer'
import { afterFailure } from './errors.ts'
import type { JobCall, JobTable } from './job-loop.ts'

/**
 * What each job runs, and how many at once. Transfers use memory and the database; looks and tests mostly wait for
 * other people's servers, so that a few that never answer must not keep the others out.
 *
 * @param contextOf a context whose sessions with servers end when the signal is aborted, on behalf of the request that asked
 */
export function jobTable(contextOf: (call: JobCall) => Context, options: { worker: string; transfersAtOnce: number }): JobTable {
  const { worker, transfersAtOnce } = options
  return {
    'client.poll': {
      atOnce: 200,
      onStop: 'abort',
      run: (key, call) => pollClient(contextOf(call), key, { worker, signal: call.signal, afterFailure }),
    },
    'transfer.run': {
      atOnce: transfersAtOnce,
      // A file on a slow server takes its place for hours, and somebody may have many of them.
      ofOneWorkspace: Math.ceil((transfersAtOnce * 3) / 4),
      onStop: 'finish',
      run: (key, call) => runTransfer(contextOf(call), key, { worker, signal: call.signal, afterFailure }),
    },
    'client.export': {
      atOnce: 20,
      onStop: 'finish',
      run: (key, call) => runExports(contextOf(call), key, { worker, signal: call.signal, afterFailure }),
    },
    'connection_test.run': {
      atOnce: 20,
      onStop: 'finish',
      run: (key, call) => runConnectionTest(contextOf(call), key, { signal: call.signal }),
    },
    'mail.send': { atOnce: 8, onStop: 'finish', run: (key, call) => sendLetter(contextOf(call), key) },
  }
}
