import { createHash, type KeyObject } from 'node:crypto'
import type { Transaction } from '@drayage/db/connect'
import { findAuditHead, lastAuditSeal, listAuditChain, listAuditSeals } from '@drayage/db/queries/audit'
import type { AuditEventRow } from '@drayage/db/schema/audit'
import { canonicalJson } from '../canonical-json.ts'
import { isSealGenuine } from './seal-signature.ts'

/** SHA-256 over the event and, through `previousHash`, over all before it. */
export function eventHash(event: Omit<AuditEventRow, 'hash'>): string {
  const { workspaceId, ordinal, id, at, actor, action, subject, subjectId, product, before, after, requestId, previousHash } = event
  const covered = { workspaceId, ordinal, id, at, actor, action, subject, subjectId, product, before, after, requestId, previousHash }
  return createHash('sha256').update(canonicalJson(covered)).digest('hex')
}

/**
 * What a walk along a chain found. `broken` is the first place that is not as it was written: an event that is missing
 * or changed, an end cut off, a seal that our key did not make, or (`rewritten`) events that agree with each other and
 * contradict a seal, of which `ordinal` is the first that may be another.
 */
export type ChainVerdict = {
  events: number
  /** Up to which event seals vouch for the chain; those after it could have been rewritten as a whole. */
  sealed: number
  broken?: Broken
}
export type Broken = { ordinal: number; reason: 'missing' | 'changed' | 'cut off' | 'forged seal' | 'rewritten' }

export type Link = { ordinal: number; hash: string }

/** Where every chain begins. */
export const chainStart: Link = { ordinal: 0, hash: '' }

/** Walks a workspace's chain to its head, from its beginning or from a link that is known to be good. */
export async function verifyChain(
  transaction: Transaction,
  chain: { workspaceId: string; from?: Link },
  options: { pageSize?: number; sealKey?: { id: string; publicKey: KeyObject } } = {},
): Promise<ChainVerdict> {
  const { workspaceId, from = chainStart } = chain
  const limit = options.pageSize ?? 1000
  let last = from
  let sealed = 0
  const verdict = (broken?: Broken): ChainVerdict => ({ events: last.ordinal, sealed, ...(broken && { broken }) })
  for (;;) {
    const first = last.ordinal
    const events = await listAuditChain(transaction, { workspaceId, after: first, limit })
    const hashes = new Map<number, string>()
    for (const event of events) {
      const ordinal = last.ordinal + 1
      if (event.ordinal !== ordinal) return verdict({ ordinal, reason: 'missing' })
      if (event.previousHash !== last.hash || event.hash !== eventHash(event)) return verdict({ ordinal, reason: 'changed' })
      hashes.set(ordinal, event.hash)
      last = event
    }
    const { sealKey } = options
    if (sealKey !== undefined) {
      for (const seal of await listAuditSeals(transaction, { workspaceId, after: first, to: last.ordinal })) {
        if (!isSealGenuine(seal, sealKey)) return verdict({ ordinal: seal.ordinal, reason: 'forged seal' })
        if (seal.hash !== hashes.get(seal.ordinal)) return verdict({ ordinal: sealed + 1, reason: 'rewritten' })
        sealed = seal.ordinal
      }
    }
    if (events.length < limit) break
  }
  const head = (await findAuditHead(transaction, workspaceId)) ?? chainStart
  const newest = await lastAuditSeal(transaction, workspaceId)
  const whole = head.ordinal === last.ordinal && head.hash === last.hash && (newest?.ordinal ?? 0) <= last.ordinal
  return whole ? verdict() : verdict({ ordinal: last.ordinal + 1, reason: 'cut off' })
}
