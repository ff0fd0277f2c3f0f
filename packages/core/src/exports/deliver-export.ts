import { updateExportFile } from '@drayage/db/queries/export-files'
import type { ExportFileRow } from '@drayage/db/schema/exports'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { Context } from '../context.ts'
import { asFault } from '../faults.ts'
import type { RecordExport } from '../imports/record-export.ts'
import type { Remote } from '../remotes/remote.ts'
import { candidateNames } from '../transfers/file-names.ts'
import { hiddenName, writeHidden } from '../transfers/hidden-file.ts'
import { type HeldExports, recordHeld } from './held-exports.ts'
import { renderExport } from './render-export.ts'

/** The delivery of one file: to a folder of a client's server, over an open session, by whoever holds its exports. */
export type Delivery = { ctx: Context; held: HeldExports; client: FtpClientRow; remote: Remote; its: RecordExport; folder: string }

/**
 * Puts a planned file on the server, once.
 *
 * It is written whole under a hidden name, and that this is done is recorded before it is renamed. From then on there is one
 * file that can become the visible one, and nothing but its renaming takes it away: where it is gone, the file was delivered,
 * although its reader may have taken it since. Before that nothing was visible, and it is written again.
 */
export async function deliverExport(delivery: Delivery, file: ExportFileRow): Promise<void> {
  const { ctx, held } = delivery
  await publish(delivery, isWritten(delivery, file) ? file : await write(delivery, file))
  await recordHeld(ctx, held, (transaction) => updateExportFile(transaction, file, { deliveredNow: true }))
}

/** Whether all of it was put where the client's files go now: a client may be given another server or base directory. */
function isWritten({ client, folder }: Delivery, { part, partServer }: ExportFileRow): boolean {
  return part?.startsWith(`${folder}/.`) === true && partServer === serverOf(client)
}

async function write({ ctx, held, client, remote, its, folder }: Delivery, file: ExportFileRow): Promise<ExportFileRow> {
  const { workspaceId, id: exportId } = file
  const partOf = (fence: number) => `${folder}/${hiddenName(exportId, fence)}`
  if (file.writer !== null) {
    await held.hold()
    await remote.remove(partOf(file.writer))
  }
  await makeFolder(remote, folder)
  const begun = {
    name: (await remote.stat(`${folder}/${file.name}`)) === undefined ? file.name : ownName(file),
    writer: held.row.fence,
    part: null,
  }
  await recordHeld(ctx, held, (transaction) => updateExportFile(transaction, file, begun))
  await held.hold()
  const part = partOf(begun.writer)
  const size = await writeHidden(remote, part, renderExport(ctx.db, its, { workspaceId, exportId })).catch(async (error: unknown) => {
    await remote.remove(part).catch(() => {})
    throw error
  })
  // Not removed from here on, whatever comes: it may be recorded although nobody said so.
  const written = { part, partServer: serverOf(client), size }
  await recordHeld(ctx, held, (transaction) => updateExportFile(transaction, file, written))
  return { ...file, ...begun, ...written }
}

async function publish({ ctx, held, remote, folder }: Delivery, file: ExportFileRow): Promise<void> {
  const { part } = file
  if (part === null) throw new Error(`export ${file.id} was not written`)
  const names = new Set([file.name, ownName(file)])
  for (const name of names) {
    if ((await remote.stat(part)) === undefined) return
    if (name !== file.name) await recordHeld(ctx, held, (transaction) => updateExportFile(transaction, file, { name }))
    await held.hold()
    try {
      return await remote.move(part, `${folder}/${name}`)
    } catch (error) {
      // Something of another name or origin stands there; or it was renamed, whatever the server said.
      const { kind } = asFault(error) ?? {}
      if (kind === 'not_found' && (await remote.stat(part)) === undefined) return
      if (kind !== 'conflict' || name === ownName(file)) throw error
    }
  }
}

/** Where something else has the planned name: nothing is ever overwritten. */
function ownName({ name, id }: ExportFileRow): string {
  return candidateNames({ fileName: name.replace(`~${id}`, ''), transferId: id }).at(-1) as string
}

async function makeFolder(remote: Remote, folder: string): Promise<void> {
  if ((await remote.stat(folder)) !== undefined) return
  await remote.makeDirectory(folder.slice(0, folder.lastIndexOf('/')))
  await remote.makeDirectory(folder)
}

function serverOf({ host, port }: FtpClientRow): string {
  return `${host}:${port}`
}
