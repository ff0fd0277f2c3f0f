import type { Client } from '../connect.ts'

export type DocumentState = 'current' | 'replaced' | 'cancelled' | 'deleted'

/** A document of the sales register as people see it. Amounts are rupees with 2 decimals. */
export type DocumentView = {
  id: string
  workspaceId: string
  transferId: string
  state: DocumentState
  type: 'INVOICE' | 'CREDIT' | 'DEBIT'
  number: string
  /** YYYY-MM-DD, as the first day of the period. */
  date: string
  period: string
  supplierGstin: string
  customerGstin: string | null
  customerName: string | null
  placeOfSupply: string
  exportType: string | null
  taxableValue: string
  igst: string
  cgst: string
  sgst: string
  cess: string
  total: string | null
}

const heads = { igst: 'igst_amount', cgst: 'cgst_amount', sgst: 'sgst_amount', cess: 'cess_amount' }
const sums = Object.entries(heads).map(([head, column]) => `coalesce(sum(${column}), 0)::numeric(20, 2)::text as ${head}`)
const period = `coalesce(d.return_filing_month, date_trunc('month', d.document_date)::date)`
const state = `case
  when not exists (select from gst_current_documents c where c.workspace_id = d.workspace_id and c.number_key = upper(d.document_number)
    and c.supplier_gstin = d.supplier_gstin and c.financial_year = d.financial_year and c.document_type = d.document_type and c.document_id = d.id)
    then 'replaced'
  when d.is_this_document_deleted then 'deleted' when d.is_this_document_cancelled then 'cancelled' else 'current' end`
const seen = `
  select d.id, d.workspace_id as "workspaceId", d.transfer_id as "transferId", its.state, d.document_type as type, d.document_number as number,
         d.document_date::text as date, its.period::text as period, d.supplier_gstin as "supplierGstin", d.customer_gstin as "customerGstin",
         d.customer_name as "customerName", d.place_of_supply as "placeOfSupply", d.export_type as "exportType",
         d.document_total_amount::numeric(20, 2)::text as total, lines.*
  from gst_documents d
  cross join lateral (select ${state} as state, ${period} as period) its
  cross join lateral (
    select coalesce(sum(item_taxable_amount), 0)::numeric(20, 2)::text as "taxableValue", ${sums.join(', ')}
    from gst_document_lines l where l.workspace_id = d.workspace_id and l.document_id = d.id
  ) lines`

/** Newest first: behind the document `before`. What is undefined narrows nothing. */
export async function listDocuments(
  client: Client,
  page: {
    workspaceIds: readonly string[]
    gstin?: string
    period?: string
    number?: string
    state?: DocumentState
    before?: string
    limit: number
  },
): Promise<DocumentView[]> {
  const { workspaceIds, before = null, gstin = null, number = null, state: only = null, limit } = page
  const { rows } = await client.query<DocumentView>(
    `${seen} where d.workspace_id = any ($1) and ($2::uuid is null or d.id < $2) and ($3::text is null or d.supplier_gstin = $3)
       and ($4::date is null or its.period = $4) and ($5::text is null or upper(d.document_number) = upper($5)) and ($6::text is null or its.state = $6)
     order by d.id desc limit $7`,
    [workspaceIds, before, gstin, page.period ?? null, number, only, limit],
  )
  return rows
}

export async function findDocument(
  client: Client,
  key: { workspaceIds: readonly string[]; id: string },
): Promise<DocumentView | undefined> {
  const { rows } = await client.query<DocumentView>(`${seen} where d.workspace_id = any ($1) and d.id = $2`, [key.workspaceIds, key.id])
  return rows[0]
}

export type LineView = {
  row: number
  description: string | null
  hsn: string | null
  quantity: string | null
  unit: string | null
  /** Percent. */
  rate: string | null
  taxableValue: string
  igst: string
  cgst: string
  sgst: string
  cess: string
}

/** Lines of a document in the order of its file. */
export async function listDocumentLines(
  client: Client,
  key: { workspaceId: string; documentId: string; limit: number },
): Promise<LineView[]> {
  const amounts = Object.entries(heads).map(([head, column]) => `coalesce(${column}, 0)::numeric(20, 2)::text as ${head}`)
  const { rows } = await client.query<LineView>(
    `select row_number as row, item_description as description, hsn_or_sac_code as hsn, trim_scale(item_quantity)::text as quantity,
            item_unit_code as unit, trim_scale(gst_rate)::text as rate, item_taxable_amount::numeric(20, 2)::text as "taxableValue", ${amounts.join(', ')}
     from gst_document_lines where workspace_id = $1 and document_id = $2 order by row_number limit $3`,
    [key.workspaceId, key.documentId, key.limit],
  )
  return rows
}
