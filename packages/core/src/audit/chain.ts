import { createHash } from 'node:crypto'
import type { Transaction } from '@drayage/db/connect'
import { findAuditHead, listAuditChain } from '@drayage/db/queries/audit'
import type { AuditEventRow } from '@drayage/db/schema/audit'
import { canonicalJson } from '../canonical-json.ts'

/** SHA-256 over the event and, through `previousHash`, over all before it. */
export function eventHash(event: Omit<AuditEventRow, 'hash'>): string {
  const { workspaceId, ordinal, id, at, actor, action, subject, subjectId, product, before, after, requestId, previousHash } = event
  const covered = { workspaceId, ordinal, id, at, actor, action, subject, subjectId, product, before, after, requestId, previousHash }
  return createHash('sha256').update(canonicalJson(covered)).digest('hex')
}

/** What a walk along a chain found. `broken` is the first place that is not as it was written. */
export type ChainVerdict = { events: number; broken?: { ordinal: number; reason: 'missing' | 'changed' | 'cut off' } }

/** Walks a workspace's chain from its beginning to its head. */
export async function verifyChain(
  transaction: Transaction,
  chain: { workspaceId: string },
  options: { pageSize?: number } = {},
): Promise<ChainVerdict> {
  const limit = options.pageSize ?? 1000
  let last = { ordinal: 0, hash: '' }
  for (;;) {
    const events = await listAuditChain(transaction, { workspaceId: chain.workspaceId, after: last.ordinal, limit })
    for (const event of events) {
      const ordinal = last.ordinal + 1
      if (event.ordinal !== ordinal) return { events: last.ordinal, broken: { ordinal, reason: 'missing' } }
      if (event.previousHash !== last.hash || event.hash !== eventHash(event)) {
        return { events: last.ordinal, broken: { ordinal, reason: 'changed' } }
      }
      last = event
    }
    if (events.length < limit) break
  }
  const head = await findAuditHead(transaction, chain.workspaceId)
  const whole = (head?.ordinal ?? 0) === last.ordinal && (head?.hash ?? '') === last.hash
  return whole ? { events: last.ordinal } : { events: last.ordinal, broken: { ordinal: last.ordinal + 1, reason: 'cut off' } }
}
