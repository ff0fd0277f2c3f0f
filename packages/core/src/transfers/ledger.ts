import type { Transaction } from '@drayage/db/connect'
import { moveTransfer, updateTransfer } from '@drayage/db/queries/transfers'
import type { TransferRow } from '@drayage/db/schema/transfers'
import type { TransferState } from '@drayage/db/vocabulary'
import { takenOver } from './lease.ts'
import type { Held } from './run.ts'
import { isFinal, mayMove } from './states.ts'

type Facts = Partial<Omit<TransferRow, 'workspaceId' | 'id' | 'state' | 'fence'>>

/**
 * The one way a transfer changes its state: an allowed move, from exactly the state it was read in, under the fence it
 * is held with, together with its line in the ledger. Throws `fenced` when somebody else was faster.
 *
 * @param move.in an open transaction to do it in, where it belongs to a larger change; last in it
 */
export async function record(
  run: Held,
  transfer: TransferRow,
  move: { to: TransferState; set?: Facts; details?: Record<string, unknown>; in?: Transaction },
): Promise<TransferRow> {
  if (!mayMove(transfer.state, move.to)) throw new Error(`a transfer cannot move from ${transfer.state} to ${move.to}`)
  const ended = isFinal(move.to) ? { endedAt: run.ctx.now() } : {}
  const change = { state: move.to, worker: run.lease.worker, set: { ...move.set, ...ended, failures: 0 }, details: move.details ?? {} }
  const write = (transaction: Transaction) => moveTransfer(transaction, transfer, change)
  const moved = await (move.in === undefined ? run.ctx.db.inWorkspace(transfer.workspaceId, write) : write(move.in))
  if (moved === undefined) throw takenOver(transfer)
  return moved
}

/** Changes facts of a transfer that stays in its state. Throws `fenced` when somebody else has taken it over. */
export async function note(run: Held, transfer: TransferRow, set: Facts): Promise<TransferRow> {
  const noted = await run.ctx.db.inWorkspace(transfer.workspaceId, (transaction) => updateTransfer(transaction, transfer, set))
  if (noted === undefined) throw takenOver(transfer)
  return noted
}
