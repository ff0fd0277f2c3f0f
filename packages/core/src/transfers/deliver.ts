import { createHash } from 'node:crypto'
import { listOutputs, updateOutput } from '@drayage/db/queries/transfer-outputs'
import type { TransferOutputRow, TransferRow } from '@drayage/db/schema/transfers'
import { asFault } from '../faults.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { isReportWanted } from '../notifications/transfer-letters.ts'
import { joinPath } from '../remotes/path.ts'
import type { Remote } from '../remotes/remote.ts'
import { candidateNames } from './file-names.ts'
import { hiddenName, writeHidden } from './hidden-file.ts'
import { takenOver } from './lease.ts'
import { record } from './ledger.ts'
import type { Run } from './run.ts'
import { fileOf } from './stored-file.ts'

/**
 * Puts the result files on the server: each is written whole under a hidden name beside its place and then renamed, so
 * that a reader never sees half a file. The report mail is queued with the record of it.
 */
export async function deliver(run: Run, transfer: TransferRow): Promise<TransferRow> {
  if (transfer.state !== 'reported') return transfer
  const { ctx } = run
  const outputs = await ctx.db.inWorkspace(transfer.workspaceId, (transaction) => listOutputs(transaction, transfer))
  const due = outputs.filter(({ deliveredAt, ftpClientId }) => deliveredAt === null && ftpClientId !== null)
  const bytes = Math.max(0, ...due.map(({ size }) => size ?? 0))
  for (const output of due) {
    await publish(run, await run.remote({ bytes }), output)
    const noted = await ctx.db.inWorkspace(transfer.workspaceId, (transaction) =>
      updateOutput(transaction, output, { fence: transfer.fence, set: { deliveredNow: true } }),
    )
    if (!noted) throw takenOver(transfer)
  }
  return ctx.db.inWorkspace(transfer.workspaceId, async (transaction) => {
    const { workspaceId, id: transferId, outcome } = transfer
    if (run.client !== undefined && run.layout !== undefined && isReportWanted(run.client, outcome))
      await queueLetter(ctx, transaction, { kind: 'transfer.report', workspaceId, ftpClientId: run.client.id, transferId, payload: {} })
    return record(run, transfer, { to: 'delivered', details: { outputs: outputs.map((output) => output.name) }, in: transaction })
  })
}

async function publish(run: Run, remote: Remote, planned: TransferOutputRow): Promise<void> {
  const { lease } = run
  // Only a run that found results to deliver follows one that may have left something.
  if (lease.transfer.state === 'reported') await removeParts(run, remote, planned)
  const output = await atFreeName(run, remote, planned)
  const { workspaceId, fileId, size } = output
  if (fileId === null || size === null) throw new Error(`output ${output.kind} of transfer ${output.transferId} was not rendered`)
  if ((await whatIsAt(remote, output)) === 'this result') return

  const part = `${folderOf(output.path)}/${hiddenName(output.name, lease.transfer.fence)}`
  try {
    await lease.hold()
    await writeHidden(remote, part, fileOf(run, { workspaceId, fileId, size }))
    await lease.hold()
    await remote.move(part, output.path)
  } catch (error) {
    // What the server says about a rename matters less than what is there afterwards.
    const kind = asFault(error)?.kind
    const done = (kind === 'conflict' || kind === 'not_found') && (await whatIsAt(remote, output)) === 'this result'
    await remote.remove(part).catch(() => {})
    if (!done) throw error
  }
}

/** Removes what earlier runs left of a result that they did not finish; never what a later one is writing. */
async function removeParts({ lease }: Run, remote: Remote, output: TransferOutputRow): Promise<void> {
  const folder = folderOf(output.path)
  const part = new RegExp(`^\\.${RegExp.escape(output.name)}\\.(\\d+)\\.part$`)
  try {
    const { entries } = await remote.list(folder)
    for (const { name } of entries) {
      const [, fence] = part.exec(name) ?? []
      if (fence === undefined || Number(fence) >= lease.transfer.fence) continue
      await lease.hold()
      await remote.remove(joinPath(folder, name))
    }
  } catch (error) {
    // A hidden file that stays is not worth a result that does not come.
    if (asFault(error)?.kind !== 'denied') throw error
  }
}

/** The result at its planned name, or at one with the transfer's whole id where the server has something else there. */
async function atFreeName(run: Run, remote: Remote, output: TransferOutputRow): Promise<TransferOutputRow> {
  if ((await whatIsAt(remote, output)) !== 'something else') return output
  const own = candidateNames({ fileName: output.name, transferId: output.transferId }).at(-1) as string
  const moved = { ...output, name: own, path: `${folderOf(output.path)}/${own}` }
  const { fence } = run.lease.transfer
  const set = { name: moved.name, path: moved.path }
  const noted = await run.ctx.db.inWorkspace(output.workspaceId, (transaction) => updateOutput(transaction, output, { fence, set }))
  if (!noted) throw takenOver(run.lease.transfer)
  return moved
}

async function whatIsAt(remote: Remote, output: TransferOutputRow): Promise<'nothing' | 'this result' | 'something else'> {
  const there = await remote.stat(output.path)
  if (there === undefined) return 'nothing'
  if (there.size !== output.size) return 'something else'
  const hash = createHash('sha256')
  let read = 0
  for await (const bytes of remote.read(output.path)) {
    read += bytes.length
    // It grows: whoever writes it may never end.
    if (read > output.size) return 'something else'
    hash.update(bytes)
  }
  return hash.digest('hex') === output.sha256 ? 'this result' : 'something else'
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}
