import type { Transaction } from '../connect.ts'
import { and, asc, eq, gte } from '../drizzle.ts'
import { transferLedger, transfers } from '../schema/transfers.ts'
import type { TransferState } from '../vocabulary.ts'

/** A line of the ledger, with the file it is about. */
export type LedgerLine = {
  transferId: string
  ordinal: number
  fileName: string
  state: TransferState
  at: Date
  details: Record<string, unknown>
}

/** What happened in a workspace from `since` on, oldest first. */
export async function listLedgerSince({ tx }: Transaction, options: { workspaceId: string; since: Date }): Promise<LedgerLine[]> {
  const ofTransfer = and(eq(transfers.workspaceId, transferLedger.workspaceId), eq(transfers.id, transferLedger.transferId))
  return tx
    .select({
      transferId: transferLedger.transferId,
      ordinal: transferLedger.ordinal,
      fileName: transfers.fileName,
      state: transferLedger.state,
      at: transferLedger.at,
      details: transferLedger.details,
    })
    .from(transferLedger)
    .innerJoin(transfers, ofTransfer)
    .where(and(eq(transferLedger.workspaceId, options.workspaceId), gte(transferLedger.at, options.since)))
    .orderBy(asc(transferLedger.at), asc(transferLedger.ordinal))
}
