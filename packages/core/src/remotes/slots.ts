import type { Database } from '@drayage/db/connect'
import * as rows from '@drayage/db/queries/slots'
import { Fault, type FaultKind } from '../faults.ts'
import { backOffSeconds } from './back-off.ts'
import { remoteFault } from './remote-faults.ts'

/**
 * Room for sessions with endpoints, counted by PostgreSQL over all workers, and what all of them know of endpoints that
 * do not answer.
 */
export type Slots = AsyncDisposable & {
  /**
   * A slot, or undefined while as many as may be are taken. An endpoint that did not let anybody in again and again rests:
   * then this throws what the last one met, with `details.retryInSeconds`, and later lets one try for all; unless `atOnce`,
   * because a person waits.
   */
  take(wish: { endpoint: string; most: number; atOnce?: true }): Promise<{ slot: number; troubled: boolean } | undefined>
  giveBack(slot: rows.Slot): Promise<void>
  /** Another worker that holds an idle session with this endpoint is to close it. */
  want(endpoint: string): Promise<void>
  /** Somebody got in. */
  answered(endpoint: string): Promise<void>
  /** Nobody got in, because of `fault`. @returns the fault, knowing when to try again where that is not for the caller to say */
  failed(slot: rows.Slot, fault: Fault): Promise<Fault>
  /** Says that this worker lives. @returns endpoints that others want a slot of, and what this worker still holds if it was taken for dead */
  beat(): Promise<{ wanted: string[]; held?: rows.Slot[] }>
}

/** Failures in a row after which nobody but one at a time tries an endpoint. */
const troublesLimit = 5
const mostTroubles = 2 ** 31 - 1
/** For how long a server that was full is taken to be as small as it was. */
const fullSeconds = 600

/**
 * @param options.worker unique among all workers that ever ran
 * @param options.leaseMs how long it may be silent before its slots are given to others
 */
export async function openSlots(options: { db: Database; worker: string; leaseMs: number }): Promise<Slots> {
  const { db, worker, leaseMs } = options
  const change = <T>(work: Parameters<typeof db.inWorkspace<T>>[1]) => db.inWorkspace([], work)
  await change((transaction) => rows.beat(transaction, { name: worker, leaseMs }))
  return {
    take: async ({ endpoint, most, atOnce }) => {
      const troubles = atOnce ? mostTroubles : troublesLimit
      const taken = await db.statement((transaction) => rows.takeSlot(transaction, { endpoint, worker, most, troubles }))
      if (taken.slot !== undefined) return { slot: taken.slot, troubled: taken.troubled }
      if (taken.rest !== undefined) throw restFault(taken.rest)
      return undefined
    },
    giveBack: (slot) => db.statement((transaction) => rows.giveSlotBack(transaction, { ...slot, worker })),
    want: (endpoint) => db.statement((transaction) => rows.wantSlot(transaction, { endpoint, worker })),
    answered: (endpoint) => db.statement((transaction) => rows.endpointAnswered(transaction, endpoint)),
    failed: (slot, fault) =>
      change(async (transaction) => {
        if (fault.code === 'remote.too_many_sessions') {
          const others = await rows.endpointIsFull(transaction, { ...slot, seconds: fullSeconds })
          // With others of ours inside it is we who are too many: that is no fault of the server.
          if (others > 0) return noRoom()
        }
        if (fault.kind !== 'unreachable') return fault
        const { kind, code, message } = fault
        const failures = await rows.endpointFailed(transaction, { endpoint: slot.endpoint, fault: { kind, code, message } })
        if (failures >= troublesLimit) {
          await rows.restEndpoint(transaction, { endpoint: slot.endpoint, seconds: backOffSeconds(failures - troublesLimit) })
        }
        return fault
      }),
    beat: () =>
      change(async (transaction) => {
        const { lapsed } = await rows.beat(transaction, { name: worker, leaseMs })
        const wanted = await rows.findWanted(transaction, worker)
        return lapsed ? { wanted, held: await rows.listSlots(transaction, worker) } : { wanted }
      }),
    [Symbol.asyncDispose]: () => change((transaction) => rows.leave(transaction, worker)).catch(() => {}),
  }
}

/** All sessions that may be open with a server are: whoever wanted one comes again. Nobody's fault. */
export function noRoom(): Fault {
  return remoteFault('remote.no_slot', { retryInSeconds: 1 + Math.random() * 2 })
}

function restFault({ seconds, fault }: NonNullable<rows.Taken['rest']>): Fault {
  // So that those who waited do not all come in the same moment.
  const retryInSeconds = seconds * (1 + Math.random() / 4) + Math.random()
  return new Fault(fault.kind as FaultKind, fault.code, fault.message, { details: { retryInSeconds } })
}
