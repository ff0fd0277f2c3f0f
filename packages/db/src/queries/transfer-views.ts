import { and, asc, desc, eq, gte, inArray, isNotNull, sql } from 'drizzle-orm'
import { alias, unionAll } from 'drizzle-orm/pg-core'
import type { Transaction } from '../connect.ts'
import {
  type LedgerRow,
  type TransferOutputRow,
  type TransferRow,
  transferLedger,
  transferOutputs,
  transfers,
} from '../schema/transfers.ts'
import type { ProductKey, TransferState } from '../vocabulary.ts'
import { inScope, type Scope } from './scope.ts'

/** A transfer as people see it: with what happened to it, oldest first, and the result files it has by now. */
export type TransferView = TransferRow & { ledger: LedgerRow[]; outputs: TransferOutputRow[] }

/** The bare transfer, if it is in the scope. */
export async function findTransferInScope({ tx }: Transaction, key: { id: string; scope: Scope }): Promise<TransferRow | undefined> {
  const [found] = await tx
    .select()
    .from(transfers)
    .where(and(eq(transfers.id, key.id), inScope(transfers, key.scope)))
  return found
}

export async function readTransfer(transaction: Transaction, key: { id: string; scope: Scope }): Promise<TransferView | undefined> {
  const found = await findTransferInScope(transaction, key)
  return found === undefined ? undefined : (await withDetails(transaction, [found]))[0]
}

/** Newest first. */
export async function listTransfers(
  transaction: Transaction,
  page: {
    scope: Scope
    ftpClientId?: string
    product?: ProductKey
    action?: string
    state?: TransferState
    since?: Date
    before?: string
    limit: number
  },
): Promise<TransferView[]> {
  const { tx } = transaction
  const { scope, ftpClientId, product, action, state, since, before, limit } = page
  const last = alias(transfers, 'last')
  const newest = [desc(transfers.createdAt), desc(transfers.id)] as const
  const ofWorkspace = (grant: Scope[number]) =>
    tx
      .select()
      .from(transfers)
      .where(
        and(
          inScope(transfers, [grant]),
          ftpClientId === undefined ? undefined : eq(transfers.ftpClientId, ftpClientId),
          product === undefined ? undefined : eq(transfers.product, product),
          action === undefined ? undefined : eq(transfers.action, action),
          state === undefined ? undefined : eq(transfers.state, state),
          since === undefined ? undefined : gte(transfers.createdAt, since),
          before === undefined
            ? undefined
            : sql`(${transfers.createdAt}, ${transfers.id}) < (${tx
                .select({ createdAt: last.createdAt, id: last.id })
                .from(last)
                .where(and(eq(last.id, before), inScope(last, scope)))})`,
        ),
      )
      .orderBy(...newest)
      .limit(limit)

  // Each workspace's own index gives its newest; only those are sorted together.
  const [first, second, ...more] = scope.map(ofWorkspace)
  if (first === undefined) return []
  const rows =
    second === undefined
      ? first
      : unionAll(first, second, ...more)
          .orderBy(...newest)
          .limit(limit)
  return withDetails(transaction, await rows)
}

async function withDetails({ tx }: Transaction, rows: readonly TransferRow[]): Promise<TransferView[]> {
  if (rows.length === 0) return []
  const workspaceIds = [...new Set(rows.map((row) => row.workspaceId))]
  const ids = rows.map((row) => row.id)
  const ledger = await tx
    .select()
    .from(transferLedger)
    .where(and(inArray(transferLedger.workspaceId, workspaceIds), inArray(transferLedger.transferId, ids)))
    .orderBy(asc(transferLedger.ordinal))
  const outputs = await tx
    .select()
    .from(transferOutputs)
    .where(
      and(inArray(transferOutputs.workspaceId, workspaceIds), inArray(transferOutputs.transferId, ids), isNotNull(transferOutputs.fileId)),
    )
    .orderBy(asc(transferOutputs.kind))
  const linesOf = Map.groupBy(ledger, (line) => line.transferId)
  const outputsOf = Map.groupBy(outputs, (output) => output.transferId)
  return rows.map((row) => ({ ...row, ledger: linesOf.get(row.id) ?? [], outputs: outputsOf.get(row.id) ?? [] }))
}
