import { storeFile } from '@drayage/db/queries/files'
import type { TransferRow } from '@drayage/db/schema/transfers'
import { Fault } from '../faults.ts'
import { newId } from '../id.ts'
import { errorOutput } from '../imports/error-file.ts'
import { fatalOutcome } from '../imports/outcome.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { isBeginWanted } from '../notifications/transfer-letters.ts'
import { planName } from './import.ts'
import { note, record } from './ledger.ts'
import type { Run } from './run.ts'

/** How often a file that changes while it is read is fetched before it is set aside. */
export const fetchAttemptsLimit = 5

/**
 * Copies the original into the file store. It counts only when the server's size before, the bytes received and the
 * size after agree; until then the file may still be being written.
 */
export async function fetch(run: Run, transfer: TransferRow): Promise<TransferRow> {
  if (transfer.state !== 'claimed' || transfer.claimedPath === null) return transfer
  const { ctx, lease } = run
  const { maxFileBytes } = ctx.settings
  const remote = await run.remote({ bytes: transfer.size })

  const before = await remote.stat(transfer.claimedPath)
  if (before === undefined) return record(run, transfer, { to: 'vanished', details: { path: transfer.claimedPath } })
  if (before.size > maxFileBytes) return refuseTooLarge(run, transfer, before.size)

  const fileId = newId()
  const source = remote.read(transfer.claimedPath)
  const stored = await storeFile(ctx.db, {
    workspaceId: transfer.workspaceId,
    fileId,
    // More than was announced tells enough: what a server goes on sending is not stored.
    source: upTo(before.size, source, lease.signal),
  })
  const after = await remote.stat(transfer.claimedPath)
  const whole = before.size === stored.size && after?.size === stored.size && after.modified === before.modified
  if (!whole) {
    await stored.drop()
    const fetchAttempts = transfer.fetchAttempts + 1
    await note(run, transfer, { fetchAttempts })
    throw fetchAttempts < fetchAttemptsLimit ? changing(run) : neverStill()
  }

  const { size, sha256, bytes } = stored
  if (bytes !== undefined) run.small.set(fileId, bytes)
  return ctx.db.inWorkspace(transfer.workspaceId, async (transaction) => {
    const { workspaceId, id: transferId } = transfer
    await stored.keep(transaction)
    if (run.client !== undefined && isBeginWanted(run.client))
      await queueLetter(ctx, transaction, { kind: 'transfer.begun', workspaceId, ftpClientId: run.client.id, transferId, payload: {} })
    return record(run, transfer, {
      to: 'fetched',
      set: { fileId, sha256, size, fetchAttempts: 0 },
      details: { size, sha256 },
      in: transaction,
    })
  })
}

/** Passes on what comes, one block beyond `bytes` at most. */
async function* upTo(bytes: number, source: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer, void, void> {
  let received = 0
  for await (const block of source) {
    if (signal.aborted) throw stopped()
    yield block
    received += block.length
    if (received > bytes) return
  }
}

async function refuseTooLarge(run: Run, transfer: TransferRow, size: number): Promise<TransferRow> {
  const message = `The file has ${size} bytes; ${run.ctx.settings.maxFileBytes} are allowed. Split it into smaller files.`
  const outcome = fatalOutcome({ code: 'file.too_large', message })
  return run.ctx.db.inWorkspace(transfer.workspaceId, async (transaction) => {
    for (const output of run.action.reports ?? [errorOutput]) await planName(run, transfer, transaction, output)
    return record(run, transfer, { to: 'rejected', set: { outcome }, details: { size }, in: transaction })
  })
}

function changing(run: Run): Fault {
  const retryInSeconds = run.client?.quietSeconds ?? 0
  return new Fault(
    'unreachable',
    'transfer.still_changing',
    'The file changed while it was read. It is fetched again when it has been quiet.',
    {
      details: { retryInSeconds },
    },
  )
}

function neverStill(): Fault {
  const message = `The file changed each of the ${fetchAttemptsLimit} times it was read. Write it under another name and rename it when it is complete.`
  return new Fault('unsupported', 'transfer.never_still', message)
}

function stopped(): Fault {
  return new Fault('fenced', 'transfer.stopped', 'The worker is shutting down; another one carries on.')
}
