import { extname } from 'node:path/posix'
import type { Database, Transaction } from '@drayage/db/connect'
import { findFile, readFile } from '@drayage/db/queries/files'
import type { TransferRow } from '@drayage/db/schema/transfers'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import type { download } from '../wire.ts'

const contentTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.json': 'application/json',
  '.zip': 'application/zip',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** A file of the store as it is handed out. Fault: `file.expired` when retention has dropped its bytes. */
export async function storedFile(
  ctx: Context,
  transaction: Transaction,
  file: { workspaceId: string; fileId: string; name: string },
): Promise<z.input<typeof download>> {
  const { workspaceId, fileId, name } = file
  const found = await findFile(transaction, { workspaceId, fileId })
  if (found?.kept !== true) {
    const message = `The bytes of ${name} are kept for ${ctx.settings.retentionDays} days and are gone. Send the file again if it is to be imported.`
    throw new Fault('not_found', 'file.expired', message)
  }
  const { size, sha256 } = found
  const contentType = contentTypes[extname(name).toLowerCase()] ?? 'application/octet-stream'
  return { name, contentType, size, sha256, bytes: wholeFile(ctx.db, { workspaceId, fileId, size }) }
}

/**
 * The original of a transfer. Faults: `transfer.original_not_stored` when it never came into the file store,
 * `file.expired`.
 */
export async function storedOriginal(ctx: Context, transaction: Transaction, transfer: TransferRow): Promise<z.input<typeof download>> {
  const { workspaceId, fileId, fileName: name, state } = transfer
  if (fileId === null) {
    const message = `The file was not fetched: the transfer is ${state}.`
    throw new Fault('not_found', 'transfer.original_not_stored', message, { details: { state } })
  }
  return storedFile(ctx, transaction, { workspaceId, fileId, name })
}

/** Small files that a run has stored, by their ids: it needs them again at once. */
export type SmallFiles = Map<string, Buffer>

/** The bytes of a file that a run needs: from memory where it stored them itself, as `wholeFile` otherwise. */
export async function* fileOf(
  { ctx, small }: { ctx: Pick<Context, 'db'>; small: SmallFiles },
  file: { workspaceId: string; fileId: string; size: number },
): AsyncGenerator<Buffer, void, void> {
  const bytes = small.get(file.fileId)
  if (bytes === undefined) yield* wholeFile(ctx.db, file)
  else if (bytes.length > 0) yield bytes
}

/**
 * The bytes of a stored file, all of them: breaks off with `file.expired` rather than passing a part for the whole where
 * retention has dropped some.
 */
export async function* wholeFile(
  db: Database,
  file: { workspaceId: string; fileId: string; size: number },
): AsyncGenerator<Buffer, void, void> {
  let left = file.size
  for await (const block of readFile(db, file)) {
    left -= block.length
    yield block
  }
  if (left === 0) return
  throw new Fault('unsupported', 'file.expired', 'The file was kept too short for this: its bytes are gone. Send it again.', {
    details: { left },
  })
}
