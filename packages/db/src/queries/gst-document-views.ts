import type { Client } from '../connect.ts'

export type DocumentState = 'current' | 'replaced' | 'cancelled' | 'deleted'

/** A document of a register as people see it. Amounts are rupees with 2 decimals. */
type SharedView = {
  id: string
  workspaceId: string
  transferId: string
  state: DocumentState
  type: 'INVOICE' | 'CREDIT' | 'DEBIT'
  number: string
  /** YYYY-MM-DD, as the first day of the period. */
  date: string
  period: string
  taxableValue: string
  igst: string
  cgst: string
  sgst: string
  cess: string
  total: string | null
}

export type SaleView = SharedView & {
  supplierGstin: string
  customerGstin: string | null
  customerName: string | null
  placeOfSupply: string
  exportType: string | null
}

export type PurchaseView = SharedView & {
  supplierGstin: string | null
  supplierName: string | null
  customerGstin: string
  placeOfSupply: string | null
  importType: string | null
  /** Of all heads of the tax, what is claimed as credit. */
  itcClaimed: string
}

/** A line of a document. */
export type LineView = {
  documentId: string
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

export type PurchaseLineView = LineView & { itcType: string | null; itcClaimed: string }

/** Of which document lines are read, and behind which row of its file: 0 from the first on. */
export type LinesOf = { workspaceId: string; documentId: string; after: number }

/** What a list is narrowed to; what is undefined narrows nothing. */
export type DocumentPage = {
  workspaceIds: readonly string[]
  /** Whose register it is. */
  gstin?: string
  /** The other party. */
  counterparty?: string
  /** First day of the month. */
  period?: string
  /** In any case. */
  number?: string
  state?: DocumentState
  before?: string
  limit: number
}

const heads = { igst: 'igst_amount', cgst: 'cgst_amount', sgst: 'sgst_amount', cess: 'cess_amount' }
const claims = ['igst', 'cgst', 'sgst', 'cess'].map((head) => `coalesce(itc_claim_${head}_amount, 0)`).join(' + ')
const amount = (sql: string) => `coalesce(${sql}, 0)::numeric(20, 2)::text`

export const saleViews = viewsOf<SaleView, LineView>({
  tables: { documents: 'gst_documents', lines: 'gst_document_lines' },
  parties: { own: 'supplier_gstin', other: 'customer_gstin' },
  isCurrent: `(select true from gst_current_documents c where c.workspace_id = d.workspace_id and c.number_key = d.number_key
    and c.supplier_gstin = d.supplier_gstin and c.financial_year = d.financial_year and c.document_type = d.document_type and c.document_id = d.id) is not null`,
  cells: { customerName: 'customer_name', exportType: 'export_type' },
  lineCells: {},
  sums: {},
})

export const purchaseViews = viewsOf<PurchaseView, PurchaseLineView>({
  tables: { documents: 'gst_purchases', lines: 'gst_purchase_lines' },
  parties: { own: 'customer_gstin', other: 'supplier_gstin' },
  // By the id alone: suppliers abroad write numbers and names in letters whose capitals PostgreSQL may not know.
  isCurrent: '(select true from gst_current_purchases c where c.workspace_id = d.workspace_id and c.document_id = d.id) is not null',
  cells: { supplierName: 'supplier_name', importType: 'import_type' },
  lineCells: { itcType: 'itc_claim_type', itcClaimed: amount(claims) },
  sums: { itcClaimed: claims },
})

/** How the documents of a register are read: `list` newest first, behind the document `before`. */
function viewsOf<View, Line>(register: {
  tables: { documents: string; lines: string }
  parties: { own: string; other: string }
  /** SQL over the document `d`: a value, for a condition would be made a join with all others. */
  isCurrent: string
  /** Columns and SQL beside those that every register has, by the names they are given. */
  cells: Readonly<Record<string, string>>
  lineCells: Readonly<Record<string, string>>
  sums: Readonly<Record<string, string>>
}) {
  const { tables, parties } = register
  const named = (sql: Readonly<Record<string, string>>) => Object.entries(sql).map(([name, expression]) => `, ${expression} as "${name}"`)
  const sums = Object.entries({ taxableValue: 'item_taxable_amount', ...heads, ...register.sums })
  const { isCurrent } = register
  const inState = {
    current: `${isCurrent} and d.is_this_document_cancelled is not true and d.is_this_document_deleted is not true`,
    replaced: `not (${isCurrent})`,
    cancelled: `d.is_this_document_cancelled and d.is_this_document_deleted is not true and ${isCurrent}`,
    deleted: `d.is_this_document_deleted and ${isCurrent}`,
  } satisfies Record<DocumentState, string>
  // What is shown of a document is put together for those alone that were chosen.
  const seen = (chosen: string) => `
    select d.id, d.workspace_id as "workspaceId", d.transfer_id as "transferId", its.state, d.document_type as type, d.document_number as number,
           d.document_date::text as date, d.return_period::text as period, d.supplier_gstin as "supplierGstin", d.customer_gstin as "customerGstin",
           d.place_of_supply as "placeOfSupply", d.document_total_amount::numeric(20, 2)::text as total, lines.*${named(register.cells).join('')}
    from (${chosen}) d
    cross join lateral (
      select case when not (${isCurrent}) then 'replaced' when d.is_this_document_deleted then 'deleted'
                  when d.is_this_document_cancelled then 'cancelled' else 'current' end as state
    ) its
    cross join lateral (
      select ${sums.map(([name, sql]) => `${amount(`sum(${sql})`)} as "${name}"`).join(', ')}
      from ${tables.lines} l where l.workspace_id = d.workspace_id and l.document_id = d.id
    ) lines
    order by d.id desc`
  const lineHeads = Object.entries(heads).map(([head, column]) => `${amount(column)} as ${head}`)

  return {
    list: async (client: Client, page: DocumentPage): Promise<View[]> => {
      const { workspaceIds, gstin = null, counterparty = null, period = null, number = null, state, before = null, limit } = page
      // A workspace after the other, because an index is in the order of ids within one only.
      const { rows } = await client.query(
        seen(`
          select d.* from unnest($1::uuid[]) its (workspace_id) cross join lateral (
            select d.* from ${tables.documents} d
            where d.workspace_id = its.workspace_id and ($2::uuid is null or d.id < $2) and ($3::text is null or d.${parties.own} = $3)
              and ($4::date is null or d.return_period = $4) and ($5::text is null or d.number_key = upper($5))
              and ($6::text is null or d.${parties.other} = $6) ${state === undefined ? '' : `and ${inState[state]}`}
            order by d.id desc limit $7
          ) d order by d.id desc limit $7`),
        [workspaceIds, before, gstin, period, number, counterparty, limit],
      )
      return rows
    },
    find: async (client: Client, key: { workspaceIds: readonly string[]; id: string }): Promise<View | undefined> => {
      const { rows } = await client.query(seen(`select * from ${tables.documents} where workspace_id = any ($1) and id = $2`), [
        key.workspaceIds,
        key.id,
      ])
      return rows[0]
    },
    /** Some lines of each of the documents in the order of its file, behind the row `after`. */
    lines: async (client: Client, page: { of: readonly LinesOf[]; limit: number }): Promise<Line[]> => {
      const { rows } = await client.query(
        `select l.document_id as "documentId", row_number as row, item_description as description, hsn_or_sac_code as hsn, trim_scale(item_quantity)::text as quantity,
                item_unit_code as unit, trim_scale(gst_rate)::text as rate, item_taxable_amount::numeric(20, 2)::text as "taxableValue",
                ${lineHeads.join(', ')}${named(register.lineCells).join('')}
         from unnest($1::uuid[], $2::uuid[], $3::int[]) its (workspace_id, document_id, after) cross join lateral (
           select * from ${tables.lines} l
           where l.workspace_id = its.workspace_id and l.document_id = its.document_id and l.row_number > its.after
           order by l.row_number limit $4
         ) l order by l.document_id, l.row_number`,
        [page.of.map((its) => its.workspaceId), page.of.map((its) => its.documentId), page.of.map((its) => its.after), page.limit],
      )
      return rows
    },
  }
}
