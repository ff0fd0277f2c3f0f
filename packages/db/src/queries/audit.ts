import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Transaction } from '../connect.ts'
import { type AuditEventRow, auditEvents, auditHeads } from '../schema/audit.ts'

type ChainHead = { ordinal: number; hash: string }

/** The end of a workspace's chain; nobody else appends to it until the transaction ends. */
export async function lockAuditHead({ tx }: Transaction, workspaceId: string): Promise<ChainHead> {
  await tx.insert(auditHeads).values({ workspaceId }).onConflictDoNothing()
  const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.workspaceId, workspaceId)).for('update')
  return head as ChainHead
}

export async function appendAuditEvent({ tx }: Transaction, event: AuditEventRow): Promise<void> {
  await tx.insert(auditEvents).values(event)
  const { workspaceId, ordinal, hash } = event
  await tx.update(auditHeads).set({ ordinal, hash }).where(eq(auditHeads.workspaceId, workspaceId))
}

export async function findAuditHead({ tx }: Transaction, workspaceId: string): Promise<ChainHead | undefined> {
  const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.workspaceId, workspaceId))
  return head
}

/** In the order of the chain. */
export async function listAuditChain(
  { tx }: Transaction,
  page: { workspaceId: string; after: number; limit: number },
): Promise<AuditEventRow[]> {
  return tx
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.workspaceId, page.workspaceId), gt(auditEvents.ordinal, page.after)))
    .orderBy(asc(sql`${auditEvents.ordinal}`))
    .limit(page.limit)
}
