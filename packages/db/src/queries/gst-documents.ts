import type { Client } from '../connect.ts'

type Load = { workspaceId: string; transferId: string; documentFields: readonly string[]; lineFields: readonly string[] }

const sameDocument = (one: string, other: string) => `${one}.supplier_gstin = ${other}.supplier_gstin
  and ${one}.financial_year = ${other}.financial_year and ${one}.document_type = ${other}.document_type
  and upper(${one}.document_number) = upper(${other}.document_number)`

/**
 * Loads the staged documents and their lines. A document that is there already is superseded if an earlier transfer
 * brought it; if a later one did, the staged version is kept as superseded from the beginning.
 */
export async function loadDocuments(client: Client, load: Load): Promise<void> {
  const { documentFields, lineFields } = load
  const transfer = [load.workspaceId, load.transferId]
  await client.query(
    `update gst_documents d set superseded_by = s.document_id
     from staged_rows s
     where s.heads and d.workspace_id = $1 and d.superseded_by is null and d.transfer_id < $2 and ${sameDocument('d', 's')}`,
    transfer,
  )
  await client.query(
    `with warned as (
       select r.document_id, string_agg('Row ' || r.row_number || ': ' || concat_ws(' ', i.column_name, '"' || i.value || '"', i.message), ' ' order by i.id) as words
       from staged_issues i join staged_rows r using (row_number) where i.severity = 'warning' group by r.document_id
     )
     insert into gst_documents (workspace_id, id, transfer_id, superseded_by, financial_year, warnings, ${documentFields.join(', ')})
     select $1, s.document_id, $2, ${await supersededAtOnce(client, transfer)}, s.financial_year, w.words, ${documentFields.map((field) => `s.${field}`).join(', ')}
     from staged_rows s left join warned w on w.document_id = s.document_id
     where s.heads`,
    transfer,
  )
  await client.query(
    `insert into gst_document_lines (workspace_id, document_id, row_number, ${lineFields.join(', ')}, extras)
     select $1, document_id, row_number, ${lineFields.join(', ')}, extras from staged_rows`,
    [load.workspaceId],
  )
}

/** The version of a staged document that came with a later transfer. Mostly there is no later one, and nothing to look for. */
async function supersededAtOnce(client: Client, transfer: readonly string[]): Promise<string> {
  const later = await client.query('select from gst_documents where workspace_id = $1 and transfer_id > $2 limit 1', [...transfer])
  if (later.rowCount === 0) return 'null::uuid'
  return `(select d.id from gst_documents d where d.workspace_id = $1 and d.superseded_by is null and ${sameDocument('d', 's')})`
}

export type ImportedDocument = {
  id: string
  type: string
  number: string
  /** YYYY-MM-DD */
  date: string
  supplierGstin: string
  /** Whether a later transfer had brought the document when this one came. */
  outdated: boolean
  warnings: string | null
}

/** The documents that a transfer brought, in the file's order, some at a time, the first behind document `after`. */
export async function pageDocuments(
  client: Client,
  page: { workspaceId: string; transferId: string; after?: string; limit: number },
): Promise<ImportedDocument[]> {
  const { rows } = await client.query<ImportedDocument>(
    `select id, document_type as type, document_number as number, document_date::text as date, supplier_gstin as "supplierGstin",
            coalesce(superseded_by < id, false) as outdated, warnings
     from gst_documents where workspace_id = $1 and transfer_id = $2 and id > $3 order by id limit $4`,
    [page.workspaceId, page.transferId, page.after ?? '00000000-0000-0000-0000-000000000000', page.limit],
  )
  return rows
}
