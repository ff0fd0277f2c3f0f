import type { Transaction } from '../connect.ts'
import { and, asc, eq, isNull, sql } from '../drizzle.ts'
import { type ExportFileRow, exportFiles } from '../schema/exports.ts'
import type { ExportKind } from '../vocabulary.ts'

type FileKey = { workspaceId: string; id: string }
const is = (key: FileKey) => and(eq(exportFiles.workspaceId, key.workspaceId), eq(exportFiles.id, key.id))
const open = and(isNull(exportFiles.deliveredAt), isNull(exportFiles.cancelledAt))

/** The tables of what is exported are named as its kinds. */
const tableOf: Readonly<Record<ExportKind, string>> = { sign_ups: 'sign_ups', enquiries: 'enquiries' }

/**
 * Plans a file of all that was recorded before a moment, that may be passed on and that is in no file yet; none where there
 * is nothing. From here on its records and its name are what they are.
 */
export async function planExportFile(
  { client }: Transaction,
  file: Pick<ExportFileRow, 'workspaceId' | 'id' | 'ftpClientId' | 'kind' | 'night' | 'name'> & { before: Date },
): Promise<void> {
  await client.query(
    `with records as (
       update ${tableOf[file.kind]} set export_id = $2
       where workspace_id = $1 and export_id is null and terms_agreed and created_at < $7 returning id
     )
     insert into export_files (workspace_id, id, ftp_client_id, kind, night, name, records)
     select $1, $2, $3, $4, $5, $6, count(*) from records having count(*) > 0`,
    [file.workspaceId, file.id, file.ftpClientId, file.kind, file.night, file.name, file.before],
  )
}

/** What is planned and not delivered, oldest first. */
export async function listOpenExportFiles(
  { tx }: Transaction,
  key: { workspaceId: string; ftpClientId: string },
): Promise<ExportFileRow[]> {
  return tx
    .select()
    .from(exportFiles)
    .where(and(eq(exportFiles.workspaceId, key.workspaceId), eq(exportFiles.ftpClientId, key.ftpClientId), open))
    .orderBy(asc(exportFiles.night), asc(exportFiles.kind))
}

export async function updateExportFile(
  { tx }: Transaction,
  key: FileKey,
  set: Partial<Pick<ExportFileRow, 'name' | 'writer' | 'part' | 'partServer' | 'size'>> & { deliveredNow?: true },
): Promise<void> {
  const { deliveredNow, ...fields } = set
  await tx
    .update(exportFiles)
    .set({ ...fields, ...(deliveredNow && { deliveredAt: sql`clock_timestamp()` }) })
    .where(is(key))
}

/**
 * Gives up the files of a client that is deleted. Their records are in no file again, but for those of a file that may have
 * been renamed already: nothing is passed on twice.
 */
export async function cancelExportFiles({ client }: Transaction, key: { workspaceId: string; ftpClientId: string }): Promise<void> {
  const { rows } = await client.query<{ id: string; kind: ExportKind; part: string | null }>(
    `update export_files set cancelled_at = clock_timestamp()
     where workspace_id = $1 and ftp_client_id = $2 and delivered_at is null and cancelled_at is null returning id, kind, part`,
    [key.workspaceId, key.ftpClientId],
  )
  for (const { id, kind, part } of rows) {
    if (part !== null) continue
    await client.query(`update ${tableOf[kind]} set export_id = null where workspace_id = $1 and export_id = $2`, [key.workspaceId, id])
  }
}
