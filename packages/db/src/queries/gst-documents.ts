import type { Client } from '../connect.ts'
import { sentence } from './staged-rows.ts'

/** Where the documents of a register stand, their lines, and which of their versions count. */
export type RegisterTables = {
  documents: string
  lines: string
  current: string
  /** The column of `current` that says whose numbers are unique. */
  supplierKey: string
}

type Load = {
  workspaceId: string
  transferId: string
  tables: RegisterTables
  documentFields: readonly string[]
  lineFields: readonly string[]
  outdated: { code: string; message: string }
}

/**
 * Loads the staged documents and their lines, and lets them count instead of earlier versions. One that a later transfer
 * brought already is kept beside it, with the given warning.
 */
export async function loadDocuments(client: Client, load: Load): Promise<void> {
  const { workspaceId, transferId, tables, documentFields, lineFields } = load
  await replaceCurrent(client, load)
  await client.query(
    `with warned as (
       select r.document_id, string_agg('Row ' || r.row_number || ': ' || ${sentence('i')}, ' ' order by i.id) as words
       from staged_issues i join staged_rows r using (row_number) where i.severity = 'warning' group by r.document_id
     )
     insert into ${tables.documents} (workspace_id, id, transfer_id, financial_year, warnings, ${documentFields.join(', ')})
     select $1, s.document_id, $2, s.financial_year, w.words, ${documentFields.map((field) => `s.${field}`).join(', ')}
     from staged_rows s left join warned w on w.document_id = s.document_id
     where s.heads`,
    [workspaceId, transferId],
  )
  await client.query(
    `insert into ${tables.lines} (workspace_id, document_id, row_number, ${lineFields.join(', ')}, extras)
     select $1, document_id, row_number, ${lineFields.join(', ')}, extras from staged_rows`,
    [workspaceId],
  )
}

/** Ids of documents sort by transfer, so the greater one is the later. */
async function replaceCurrent(client: Client, { workspaceId, tables, outdated }: Load): Promise<void> {
  const { current, supplierKey } = tables
  // By way of the key itself: no plan can be wrong about how many documents there are.
  const replaced = await client.query(
    `insert into ${current} as c (workspace_id, number_key, ${supplierKey}, financial_year, document_type, document_id)
     select $1, number_key, supplier_key, financial_year, document_type, document_id from staged_rows where heads
     on conflict (workspace_id, number_key, ${supplierKey}, financial_year, document_type)
     do update set document_id = excluded.document_id where c.document_id < excluded.document_id`,
    [workspaceId],
  )
  const { rows } = await client.query<{ staged: number }>('select count(*)::int as staged from staged_rows where heads')
  if (replaced.rowCount === rows[0]?.staged) return
  await client.query(
    `insert into staged_issues (row_number, severity, code, message)
     select s.row_number, 'warning', $2, $3
     from staged_rows s cross join lateral (
       select from ${current} c
       where c.workspace_id = $1 and c.number_key = s.number_key and c.${supplierKey} = s.supplier_key
         and c.financial_year = s.financial_year and c.document_type = s.document_type and c.document_id > s.document_id
       limit 1
     ) later
     where s.heads order by s.row_number`,
    [workspaceId, outdated.code, outdated.message],
  )
}

export type ImportedDocument = {
  id: string
  type: string
  number: string
  /** YYYY-MM-DD */
  date: string
  supplierGstin: string | null
  status: 'IMPORTED' | 'CANCELLED' | 'DELETED'
  warnings: string | null
}

/** Documents in the order of their ids, some at a time: behind `after`, up to `last`. */
export async function pageDocuments(
  client: Client,
  page: { tables: RegisterTables; workspaceId: string; after: string; last: string; limit: number },
): Promise<ImportedDocument[]> {
  const { rows } = await client.query<ImportedDocument>(
    `select id, document_type as type, document_number as number, document_date::text as date, supplier_gstin as "supplierGstin",
            case when is_this_document_deleted then 'DELETED' when is_this_document_cancelled then 'CANCELLED' else 'IMPORTED' end as status, warnings
     from ${page.tables.documents} where workspace_id = $1 and id > $2 and id <= $3 order by id limit $4`,
    [page.workspaceId, page.after, page.last, page.limit],
  )
  return rows
}
