import type { Client } from '../connect.ts'
import { sentence } from './staged-rows.ts'

type Load = {
  workspaceId: string
  transferId: string
  /** The greatest id that a document of this transfer can have; those of later transfers are beyond. */
  last: string
  documentFields: readonly string[]
  lineFields: readonly string[]
  outdated: { code: string; message: string }
}

const sameDocument = (one: string, other: string) => `${one}.supplier_gstin = ${other}.supplier_gstin
  and ${one}.financial_year = ${other}.financial_year and ${one}.document_type = ${other}.document_type
  and upper(${one}.document_number) = upper(${other}.document_number)`

/**
 * Loads the staged documents and their lines. A document that is there already is superseded if an earlier transfer
 * brought it. If a later one did, the staged version is superseded from the beginning and draws the given warning.
 */
export async function loadDocuments(client: Client, load: Load): Promise<void> {
  const { workspaceId, transferId, documentFields, lineFields } = load
  await client.query(
    `update gst_documents d set superseded_by = s.document_id
     from staged_rows s
     where s.heads and d.workspace_id = $1 and d.superseded_by is null and d.transfer_id < $2 and ${sameDocument('d', 's')}`,
    [workspaceId, transferId],
  )
  const outdated = await warnOfOutdated(client, load)
  const current = `select d.id from gst_documents d where d.workspace_id = $1 and d.superseded_by is null and ${sameDocument('d', 's')}`
  await client.query(
    `with warned as (
       select r.document_id, string_agg('Row ' || r.row_number || ': ' || ${sentence('i')}, ' ' order by i.id) as words
       from staged_issues i join staged_rows r using (row_number) where i.severity = 'warning' group by r.document_id
     )
     insert into gst_documents (workspace_id, id, transfer_id, superseded_by, financial_year, warnings, ${documentFields.join(', ')})
     select $1, s.document_id, $2, ${outdated ? `(${current})` : 'null::uuid'}, s.financial_year, w.words, ${documentFields.map((field) => `s.${field}`).join(', ')}
     from staged_rows s left join warned w on w.document_id = s.document_id
     where s.heads`,
    [workspaceId, transferId],
  )
  await client.query(
    `insert into gst_document_lines (workspace_id, document_id, row_number, ${lineFields.join(', ')}, extras)
     select $1, document_id, row_number, ${lineFields.join(', ')}, extras from staged_rows`,
    [workspaceId],
  )
}

/** @returns whether there are documents that a later transfer brought; mostly there is no later transfer at all */
async function warnOfOutdated(client: Client, { workspaceId, last, outdated }: Load): Promise<boolean> {
  const later = await client.query('select from gst_documents where workspace_id = $1 and id > $2 limit 1', [workspaceId, last])
  if (later.rowCount === 0) return false
  const warned = await client.query(
    `insert into staged_issues (row_number, severity, code, message)
     select s.row_number, 'warning', $2, $3 from staged_rows s
     join gst_documents d on d.workspace_id = $1 and d.superseded_by is null and ${sameDocument('d', 's')}
     where s.heads order by s.row_number`,
    [workspaceId, outdated.code, outdated.message],
  )
  return warned.rowCount !== 0
}

export type ImportedDocument = {
  id: string
  type: string
  number: string
  /** YYYY-MM-DD */
  date: string
  supplierGstin: string
  warnings: string | null
}

/** Documents in the order of their ids, some at a time: behind `after`, up to `last`. */
export async function pageDocuments(
  client: Client,
  page: { workspaceId: string; after: string; last: string; limit: number },
): Promise<ImportedDocument[]> {
  const { rows } = await client.query<ImportedDocument>(
    `select id, document_type as type, document_number as number, document_date::text as date, supplier_gstin as "supplierGstin", warnings
     from gst_documents where workspace_id = $1 and id > $2 and id <= $3 order by id limit $4`,
    [page.workspaceId, page.after, page.last, page.limit],
  )
  return rows
}
