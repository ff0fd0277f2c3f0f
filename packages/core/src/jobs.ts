import type { Transaction } from '@drayage/db/connect'

/**
 * The work that goes through the queue. A job is a wake-up call: it names a row, the row knows what is due. Doing a job
 * twice, or a job that is no longer due, changes nothing.
 *
 * Payloads hold ids only; a wrong workspace finds nothing.
 */
export type Jobs = {
  /** Look into the inbound folders of a client. */
  'client.poll': { workspaceId: string; ftpClientId: string }
  /** Carry a transfer on from where it stands. */
  'transfer.run': { workspaceId: string; transferId: string }
  /** See to the exports of a client. */
  'client.export': { workspaceId: string; ftpClientId: string }
  'connection_test.run': { workspaceId: string; connectionTestId: string }
  /** Send one letter of the outbox. */
  'mail.send': { workspaceId: string; outboxId: string }
}

export type JobName = keyof Jobs

export const jobNames = [
  'client.poll',
  'transfer.run',
  'client.export',
  'connection_test.run',
  'mail.send',
] as const satisfies readonly JobName[]

/** What a job belongs to besides its row: the request that asked for it. The work is the same with or without. */
export type JobOrigin = { requestId?: string }

export type Enqueue = <Name extends JobName>(transaction: Transaction, name: Name, payload: Jobs[Name] & JobOrigin) => Promise<void>

/** The same, on behalf of a request: all that is asked for belongs to it as well. */
export function enqueueFor(requestId: string, enqueue: Enqueue): Enqueue {
  return (transaction, name, payload) => enqueue(transaction, name, { ...payload, requestId })
}
