import type { KeyObject } from 'node:crypto'
import type { Database } from '@drayage/db/connect'
import { findUnsealedChains, insertAuditSeal, lastAuditSeal, lockAuditHead } from '@drayage/db/queries/audit'
import type { Log } from '../context.ts'
import { chainStart, verifyChain } from './chain.ts'
import { isSealGenuine, signSeal } from './seal-signature.ts'

export type SealOptions = { key: { id: string; privateKey: KeyObject; publicKey: KeyObject }; now(): Date; log: Log; pageSize?: number }

/**
 * Seals every chain that has grown, once what has grown is known to be whole: a broken chain gets no seal but an entry in
 * the log, every time. To be done every few minutes; any number of processes may do it at once.
 */
export async function sealChains(db: Database, options: SealOptions): Promise<{ broken: number }> {
  const limit = options.pageSize ?? 500
  let broken = 0
  let after: string | undefined
  for (;;) {
    const found = await db.sweep((transaction) => findUnsealedChains(transaction, { after, limit }))
    for (const workspaceId of found) if (!(await sealChain(db, workspaceId, options))) broken += 1
    after = found.at(-1)
    if (found.length < limit) return { broken }
  }
}

/** @returns whether the chain is whole */
async function sealChain(db: Database, workspaceId: string, { key, now, log }: SealOptions): Promise<boolean> {
  return db.inWorkspace(workspaceId, async (transaction) => {
    const last = await lastAuditSeal(transaction, workspaceId)
    if (last !== undefined && !isSealGenuine(last, key)) {
      log.error({ workspaceId, ordinal: last.ordinal }, 'audit: a seal was forged')
      return false
    }
    // Whoever appends meanwhile waits, so that the head is the end of what is walked.
    const { ordinal, hash } = await lockAuditHead(transaction, workspaceId)
    const { broken } = await verifyChain(transaction, { workspaceId, from: last ?? chainStart })
    if (broken !== undefined) {
      log.error({ workspaceId, ...broken }, 'audit: the trail was tampered with')
      return false
    }
    await insertAuditSeal(transaction, signSeal({ workspaceId, ordinal, hash, at: now() }, key))
    return true
  })
}
