import { setTimeout as wait } from 'node:timers/promises'
import { isDatabaseAway, wasIdle } from '@drayage/db/database-away'
import { callAgainSeconds } from '@drayage/db/queries/due'
import { findTransfer, releaseLease } from '@drayage/db/queries/transfers'
import type { TransferRow } from '@drayage/db/schema/transfers'
import { asFault, type Fault } from '../faults.ts'
import { raiseAttention } from '../ftp-clients/attention.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { backOffSeconds } from '../remotes/back-off.ts'
import { record } from './ledger.ts'
import type { Held, WorkerOptions } from './run.ts'
import { isFinal } from './states.ts'

/** How often a file may crash a worker, or meet a bug, before it is set aside so that it holds up nobody. */
export const attemptsLimit = 3

/** Faults in a row before people are told of a server that does not answer: it may be back before they have read it. */
export const silentFailures = 3

/**
 * Decides what becomes of a transfer whose run ended in `error`, and gives it back. While PostgreSQL is away that waits for it,
 * since the lease must not run out as if the worker had died; not beyond the worker's own end.
 */
export async function settleFailure(run: Held, error: unknown, options: WorkerOptions): Promise<void> {
  for (let waits = 0; ; waits++) {
    try {
      return await settle(run, error, options)
    } catch (again) {
      if (!isDatabaseAway(again)) throw again
      if (options.signal.aborted) return
      await wait(Math.min(100 * 2 ** waits, 5_000), undefined, { signal: options.signal }).catch(() => {})
    }
  }
}

const stoodStill = {
  kind: 'unavailable',
  code: 'transfer.stood_still',
  message: 'We were too busy to go on with the file in time. It is tried again later; if this stays so, start more workers.',
}

async function settle(run: Held, error: unknown, options: WorkerOptions): Promise<void> {
  const { ctx, lease } = run
  // Something kept this worker busy, this file or another one: it is no crash, and nothing to try again at once for ever.
  if (wasIdle(error)) {
    const failures = lease.transfer.failures + 1
    ctx.log.warn({ transferId: lease.transfer.id, err: error, failures }, 'a transfer stood still; it is tried again')
    const inSeconds = failures < silentFailures ? 0 : backOffSeconds(failures)
    return giveBack(run, lease.transfer, { inSeconds, set: { failures, lastFault: stoodStill } })
  }
  // PostgreSQL away or busy is no fault of the file.
  if (isDatabaseAway(error)) {
    ctx.log.warn({ transferId: lease.transfer.id, err: error }, 'the database is away or busy; a transfer goes on when it answers')
    return giveBack(run, lease.transfer, { inSeconds: 0 })
  }
  const transfer = await ctx.db.inWorkspace(lease.transfer.workspaceId, (transaction) => findTransfer(transaction, lease.transfer))
  if (transfer === undefined) return
  if (transfer.fence !== lease.transfer.fence) return ctx.measures?.fenced()
  const fault = asFault(error)
  // What our own shutdown broke off is nobody's fault.
  if (fault?.kind === 'fenced' || options.signal.aborted) return giveBack(run, transfer, { inSeconds: 0 })
  if (fault === undefined) return settleBug(run, transfer, error)

  const after = options.afterFailure[fault.kind]
  if (after === 'give_up') return isFinal(transfer.state) ? leaveIt(run, transfer) : setAside(run, transfer, fault)
  const { retryInSeconds } = fault.details as { retryInSeconds?: number }
  // It is we who are busy: nobody is to blame, and nobody to be told.
  if (fault.kind === 'unavailable' && retryInSeconds !== undefined) return giveBack(run, transfer, { inSeconds: retryInSeconds })
  const failures = transfer.failures + 1
  const stops = after === 'pause_client'
  if (stops || fault.kind !== 'unreachable' || failures >= silentFailures) await tellClient(run, transfer, { fault, stops })
  if (stops) return giveBack(run, transfer, { set: { lastFault: facts(fault) } })
  ctx.log.warn({ transferId: transfer.id, code: fault.code, failures }, 'a transfer is tried again later')
  return giveBack(run, transfer, { inSeconds: retryInSeconds ?? backOffSeconds(failures), set: { failures, lastFault: facts(fault) } })
}

async function settleBug(run: Held, transfer: TransferRow, error: unknown): Promise<void> {
  const attempts = transfer.attempts + 1
  run.ctx.log.error({ err: error, transferId: transfer.id, attempts }, 'a transfer met a bug')
  const lastFault = {
    kind: 'bug',
    code: 'transfer.bug',
    message: 'Something unexpected happened on our side. Replay the file later; if it happens again, tell us its transfer id.',
  }
  if (isFinal(transfer.state)) return leaveIt(run, transfer)
  if (attempts >= attemptsLimit) return setAside(run, { ...transfer, attempts }, lastFault)
  return giveBack(run, transfer, { inSeconds: backOffSeconds(attempts), set: { attempts, lastFault } })
}

/** Ends a transfer that cannot succeed. Its original stays in the file store, and is put where its owner sees it. */
export async function setAside(run: Held, transfer: TransferRow, reason: { kind: string; code: string; message: string }): Promise<void> {
  const { ctx } = run
  await ctx.db.inWorkspace(transfer.workspaceId, async (transaction) => {
    const { workspaceId, ftpClientId, id } = transfer
    if (ftpClientId !== null) {
      await queueLetter(ctx, transaction, { kind: 'transfer.quarantined', workspaceId, ftpClientId, transferId: id, payload: {} })
    }
    const lastFault = facts(reason)
    await record(run, transfer, { to: 'quarantined', set: { lastFault, attempts: transfer.attempts }, details: lastFault, in: transaction })
    await releaseLease(transaction, transfer, { inSeconds: callAgainSeconds })
    await ctx.enqueue(transaction, 'transfer.run', { workspaceId, transferId: id })
  })
}

/** The transfer ended before; its original stays where it is, since it could not be put aside. */
async function leaveIt(run: Held, transfer: TransferRow): Promise<void> {
  run.ctx.log.warn({ transferId: transfer.id, path: transfer.claimedPath }, 'a file that was set aside stays in the claimed folder')
  await giveBack(run, transfer, { set: { archivedPath: transfer.claimedPath } })
}

async function tellClient(run: Held, transfer: TransferRow, attention: { fault: Fault; stops: boolean }): Promise<void> {
  const { workspaceId, ftpClientId } = transfer
  if (ftpClientId === null || attention.fault.code === 'transfer.still_changing') return
  await run.ctx.db.inWorkspace(workspaceId, (transaction) =>
    raiseAttention(run.ctx, transaction, { workspaceId, ftpClientId, ...attention }),
  )
}

async function giveBack(run: Held, transfer: TransferRow, next: Parameters<typeof releaseLease>[2]): Promise<void> {
  await run.ctx.db.inWorkspace(transfer.workspaceId, (transaction) => releaseLease(transaction, transfer, next))
}

function facts(fault: { kind: string; code: string; message: string }): { kind: string; code: string; message: string } {
  return { kind: fault.kind, code: fault.code, message: fault.message }
}
