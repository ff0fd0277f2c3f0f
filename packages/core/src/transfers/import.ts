import type { Transaction } from '@drayage/db/connect'
import { planOutput } from '@drayage/db/queries/transfer-outputs'
import { currentBackend, recordBackend } from '@drayage/db/queries/transfers'
import type { TransferRow } from '@drayage/db/schema/transfers'
import { isRejected } from '../imports/outcome.ts'
import { readKind } from '../imports/output-kind.ts'
import { beginRecords } from '../imports/read-records.ts'
import { type PlannedOutput, runImport } from '../imports/run-import.ts'
import { plainCsv } from '../imports/scan-csv.ts'
import { candidateNames } from './file-names.ts'
import { takenOver } from './lease.ts'
import { record } from './ledger.ts'
import type { Run } from './run.ts'
import { fileOf } from './stored-file.ts'

/**
 * Imports the stored original: rows, outcome, issues, the names of the result files and the move in the ledger are one
 * transaction, whose last statement is the fence. The session at the server is given up meanwhile.
 */
export async function importFile(run: Run, transfer: TransferRow): Promise<TransferRow> {
  const { fileId, sha256, size } = transfer
  if (transfer.state !== 'fetched' || fileId === null || sha256 === null || size === null) return transfer
  await run.leaveRemote()
  const { ctx, action, client, lease } = run
  const { workspaceId } = transfer
  const csv = client?.csv ?? plainCsv

  // Begun before the transaction, which would stand idle while a workbook is unpacked, and be ended for it.
  await using records = await beginRecords(fileOf(run, { workspaceId, fileId, size }), {
    csv,
    limits: { fileBytes: ctx.settings.maxFileBytes },
  })
  const imported = await ctx.db.inWorkspace(workspaceId, async (transaction) => {
    await announceBackend(run, transfer, transaction)
    const { outcome, outputs, loaded } = await runImport({
      transaction,
      transfer: {
        workspaceId,
        id: transfer.id,
        ftpClientId: transfer.ftpClientId,
        mode: transfer.mode,
        inbox: transfer.inbox,
        fileName: transfer.fileName,
        sha256,
      },
      product: transfer.product,
      action,
      csv,
      settings: client?.settings ?? {},
      environment: ctx.settings.environment,
      now: ctx.now(),
      timeZone: client?.timeZone,
      // An ERP that is not sure whether its request arrived sends it again; what is meant to be imported again is replayed.
      duplicates: transfer.replayOf !== null ? 'process' : (client?.duplicatePolicy ?? 'skip'),
      records: records.batches,
      signal: lease.signal,
    })
    for (const output of outputs) await planName(run, transfer, transaction, output)
    const to = isRejected(outcome) ? 'rejected' : 'imported'
    const { rows, accepted, rejected } = outcome
    return record(run, transfer, {
      to,
      set: { outcome, loaded, backendPid: null, backendStarted: null },
      details: { rows, accepted, rejected },
      in: transaction,
    })
  })
  const { accepted = 0, rejected = 0 } = imported.outcome ?? {}
  ctx.measures?.imported({ accepted, rejected })
  return imported
}

/**
 * Says, on another connection and before anything is locked, which database session is importing: if this worker is
 * stopped in the middle, whoever takes over can end it.
 */
async function announceBackend(run: Run, transfer: TransferRow, importing: Transaction): Promise<void> {
  const backend = await currentBackend(importing)
  const recorded = await run.ctx.db.inWorkspace(transfer.workspaceId, (transaction) => recordBackend(transaction, transfer, backend))
  if (!recorded) throw takenOver(transfer)
}

/** Finds a free name for a result file and keeps it. */
export async function planName(run: Run, transfer: TransferRow, transaction: Transaction, output: PlannedOutput): Promise<void> {
  const { workspaceId, id } = transfer
  const ftpClientId = run.layout === undefined ? null : transfer.ftpClientId
  const folder = run.action.folders.outputs[readKind(output.kind).kind]
  const fileName = output.stem === undefined ? transfer.fileName : output.stem + output.extension
  const names = candidateNames({ fileName, transferId: id, extension: output.extension })
  const candidates = names.map((name) => ({
    name,
    path: run.layout === undefined || folder === undefined ? name : `${run.layout.path(folder)}/${name}`,
  }))
  await planOutput(transaction, { workspaceId, transferId: id, ftpClientId, kind: output.kind, candidates })
}
