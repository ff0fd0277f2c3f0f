import type { TransferState } from '@drayage/db/vocabulary'

/**
 * The life of a transfer as data: from each state, the states it may move to. Drawn in docs/transfer-states.md.
 * `quarantined` and `cancelled` can be reached from every open state.
 */
export const moves = {
  seen: ['claiming', 'vanished'],
  claiming: ['claimed', 'vanished'],
  claimed: ['fetched', 'rejected', 'vanished'],
  fetched: ['imported', 'rejected'],
  imported: ['reported'],
  rejected: ['reported'],
  reported: ['delivered'],
  delivered: ['archived'],
  archived: [],
  vanished: [],
  quarantined: [],
  cancelled: [],
} as const satisfies Record<TransferState, readonly TransferState[]>

export const finalStates = ['archived', 'vanished', 'quarantined', 'cancelled'] as const satisfies readonly TransferState[]

export function isFinal(state: TransferState): boolean {
  return (finalStates as readonly TransferState[]).includes(state)
}

export function mayMove(from: TransferState, to: TransferState): boolean {
  if (isFinal(from)) return false
  return to === 'quarantined' || to === 'cancelled' || (moves[from] as readonly TransferState[]).includes(to)
}
