import type { FaultKind } from '@drayage/core/faults'
import type { AfterFailure } from '@drayage/core/transfers/run'

/**
 * What a worker does about a transfer that met a fault: run it again later, end it, or stop the client until a person
 * acts. Who may wait, waits: only what no repetition can change is given up.
 */
export const afterFailure = {
  unreachable: 'retry',
  unavailable: 'retry',
  rate_limited: 'retry',
  denied: 'retry', // no space, no permission: the file waits, the client says why, and it goes on by itself
  not_found: 'retry', // a folder somebody removed: the file waits until a person, or a connection test, makes it again
  conflict: 'retry',
  precondition: 'retry',
  fenced: 'retry',
  refused: 'pause_client', // a wrong password is tried once
  unauthenticated: 'pause_client',
  forbidden: 'pause_client',
  invalid: 'give_up',
  unprocessable: 'give_up',
  unsupported: 'give_up',
} as const satisfies Record<FaultKind, AfterFailure>
