import type { Transaction } from '../connect.ts'
import { and, asc, eq, sql } from '../drizzle.ts'
import { rejectedRows, type TransferOutputRow, transferOutputs, transfers } from '../schema/transfers.ts'

/**
 * Takes the first of `candidates` that no other result of the client has, so that a result never overwrites another.
 */
export async function planOutput(
  { tx }: Transaction,
  output: {
    workspaceId: string
    transferId: string
    ftpClientId: string | null
    kind: string
    candidates: readonly { name: string; path: string }[]
  },
): Promise<void> {
  const { candidates, ...row } = output
  for (const candidate of candidates) {
    const planned = await tx
      .insert(transferOutputs)
      .values({ ...row, ...candidate })
      .onConflictDoNothing()
      .returning({ kind: transferOutputs.kind })
    if (planned.length === 1) return
  }
  throw new Error(`no free name for the ${output.kind} of transfer ${output.transferId}`)
}

export async function listOutputs({ tx }: Transaction, key: { workspaceId: string; id: string }): Promise<TransferOutputRow[]> {
  return tx
    .select()
    .from(transferOutputs)
    .where(and(eq(transferOutputs.workspaceId, key.workspaceId), eq(transferOutputs.transferId, key.id)))
    .orderBy(asc(transferOutputs.kind))
}

export async function findOutput(
  { tx }: Transaction,
  key: { workspaceId: string; transferId: string; kind: string },
): Promise<TransferOutputRow | undefined> {
  const { workspaceId, transferId, kind } = key
  const [found] = await tx
    .select()
    .from(transferOutputs)
    .where(and(eq(transferOutputs.workspaceId, workspaceId), eq(transferOutputs.transferId, transferId), eq(transferOutputs.kind, kind)))
  return found
}

/** Changes a result file's facts while the transfer is held under `fence`. False when it was taken over. */
export async function updateOutput(
  { tx }: Transaction,
  output: TransferOutputRow,
  change: { fence: number; set: Partial<typeof transferOutputs.$inferInsert> | { deliveredNow: true } },
): Promise<boolean> {
  const set = 'deliveredNow' in change.set ? { deliveredAt: sql`clock_timestamp()` } : change.set
  const updated = await tx
    .update(transferOutputs)
    .set(set)
    .where(
      and(
        eq(transferOutputs.workspaceId, output.workspaceId),
        eq(transferOutputs.transferId, output.transferId),
        eq(transferOutputs.kind, output.kind),
        sql`exists (select from ${transfers} t where t.workspace_id = ${output.workspaceId} and t.id = ${output.transferId} and t.fence = ${change.fence})`,
      ),
    )
    .returning({ kind: transferOutputs.kind })
  return updated.length === 1
}

/** Deletes what was kept of rejected rows to render the error file from. */
export async function forgetRejectedRows({ tx }: Transaction, key: { workspaceId: string; id: string }): Promise<void> {
  await tx.delete(rejectedRows).where(and(eq(rejectedRows.workspaceId, key.workspaceId), eq(rejectedRows.transferId, key.id)))
}
