import type { Transaction } from '../connect.ts'
import { and, asc, desc, eq, gt, gte, lt, lte, sql } from '../drizzle.ts'
import { type AuditEventRow, type AuditSealRow, auditEvents, auditHeads, auditSeals } from '../schema/audit.ts'
import type { ProductKey } from '../vocabulary.ts'
import { inScope, type Scope } from './scope.ts'

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

/** Newest first. */
export async function listAuditEvents(
  { tx }: Transaction,
  page: { scope: Scope; product?: ProductKey; action?: string; subjectId?: string; since?: Date; before?: string; limit: number },
): Promise<AuditEventRow[]> {
  const { scope, product, action, subjectId, since, before } = page
  const wanted = [
    inScope(auditEvents, scope),
    product === undefined ? undefined : eq(auditEvents.product, product),
    action === undefined ? undefined : eq(auditEvents.action, action),
    subjectId === undefined ? undefined : eq(auditEvents.subjectId, subjectId),
    since === undefined ? undefined : gte(auditEvents.at, since),
    before === undefined ? undefined : lt(auditEvents.id, before),
  ]
  return tx
    .select()
    .from(auditEvents)
    .where(and(...wanted))
    .orderBy(desc(auditEvents.id))
    .limit(page.limit)
}

/** Workspaces whose chains have grown since their last seal. Runs as the sweep role. */
export async function findUnsealedChains({ client }: Transaction, options: { after?: string; limit: number }): Promise<string[]> {
  const { rows } = await client.query({
    text: `
      select h.workspace_id as id from audit_heads h
      where ($1::uuid is null or h.workspace_id > $1)
        and h.ordinal > coalesce((select max(s.ordinal) from audit_seals s where s.workspace_id = h.workspace_id), 0)
      order by h.workspace_id limit $2`,
    values: [options.after ?? null, options.limit],
  })
  return rows.map((row) => row.id)
}

/** Somebody else may have sealed the same place: then theirs stays. */
export async function insertAuditSeal({ tx }: Transaction, seal: AuditSealRow): Promise<void> {
  await tx.insert(auditSeals).values(seal).onConflictDoNothing()
}

export async function lastAuditSeal({ tx }: Transaction, workspaceId: string): Promise<AuditSealRow | undefined> {
  const [found] = await tx
    .select()
    .from(auditSeals)
    .where(eq(auditSeals.workspaceId, workspaceId))
    .orderBy(desc(sql`${auditSeals.ordinal}`))
    .limit(1)
  return found
}

/** The seals of the events after one up to another, in the order of the chain. */
export async function listAuditSeals(
  { tx }: Transaction,
  part: { workspaceId: string; after: number; to: number },
): Promise<AuditSealRow[]> {
  return tx
    .select()
    .from(auditSeals)
    .where(and(eq(auditSeals.workspaceId, part.workspaceId), gt(auditSeals.ordinal, part.after), lte(auditSeals.ordinal, part.to)))
    .orderBy(asc(sql`${auditSeals.ordinal}`))
}
