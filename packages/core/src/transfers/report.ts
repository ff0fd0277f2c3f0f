import { type ReceivedFile, storeFile } from '@drayage/db/queries/files'
import { forgetRejectedRows, listOutputs, updateOutput } from '@drayage/db/queries/transfer-outputs'
import type { TransferOutputRow, TransferRow } from '@drayage/db/schema/transfers'
import { newId } from '../id.ts'
import { renderOutput } from '../imports/render-outputs.ts'
import { takenOver } from './lease.ts'
import { record } from './ledger.ts'
import type { Run } from './run.ts'
import { fileOf } from './stored-file.ts'

/** While PostgreSQL is asked for the lines of one result file, another one is written. */
const rendersAtOnce = 2

/** Renders each result file into the file store; all of them count together, with the record of it. */
export async function report(run: Run, transfer: TransferRow): Promise<TransferRow> {
  if (transfer.state !== 'imported' && transfer.state !== 'rejected') return transfer
  const outputs = await run.ctx.db.inWorkspace(transfer.workspaceId, (transaction) => listOutputs(transaction, transfer))
  const rendered: Rendered[] = []
  for (let at = 0; at < outputs.length; at += rendersAtOnce) {
    const some = await Promise.allSettled(outputs.slice(at, at + rendersAtOnce).map((output) => render(run, transfer, output)))
    for (const one of some) {
      // Only now is nobody at it any more.
      if (one.status === 'rejected') throw one.reason
      rendered.push(one.value)
    }
  }
  return run.ctx.db.inWorkspace(transfer.workspaceId, async (transaction) => {
    for (const { output, fileId, file } of rendered) {
      const { size, sha256 } = file
      await file.keep(transaction)
      const noted = await updateOutput(transaction, output, { fence: transfer.fence, set: { fileId, size, sha256 } })
      if (!noted) throw takenOver(transfer)
    }
    // They were for the error file, which is there now.
    await forgetRejectedRows(transaction, transfer)
    return record(run, transfer, { to: 'reported', details: { outputs: outputs.map((output) => output.kind) }, in: transaction })
  })
}

type Rendered = { output: TransferOutputRow; fileId: string; file: ReceivedFile }

async function render(run: Run, transfer: TransferRow, output: TransferOutputRow): Promise<Rendered> {
  const { ctx, action, client } = run
  const { workspaceId, fileId: originalId, size: originalSize } = transfer
  const fileId = newId()
  const source = renderOutput(ctx.db, {
    transfer: { workspaceId, transferId: transfer.id },
    action,
    fileName: transfer.fileName,
    kind: output.kind,
    csv: client?.csv,
    outcome: transfer.outcome,
    original:
      originalId === null || originalSize === null ? undefined : () => fileOf(run, { workspaceId, fileId: originalId, size: originalSize }),
  })
  const file = await storeFile(ctx.db, { workspaceId, fileId, source })
  if (file.bytes !== undefined) run.small.set(fileId, file.bytes)
  return { output, fileId, file }
}
