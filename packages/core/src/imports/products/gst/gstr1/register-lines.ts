import type { Client } from '@drayage/db/connect'
import type { NewReturn } from '@drayage/db/queries/gstr1-returns'
import { largeInvoiceSql } from './section-rules.ts'

/** SQL of the first day of what a return covers: its month or, at the end of a quarter of a quarterly filer, the quarter. */
export const coversFrom = `(made.return_period - case made.form when 'quarterly' then interval '2 months' else interval '0' end)::date`

/** SQL of the month whose return a document belongs to. */
const monthOf = (document: string) => `coalesce(${document}.return_filing_month, date_trunc('month', ${document}.document_date)::date)`

/** SQL of a document's value with tax: as declared, else what its lines add up to. */
const amountOf = (document: string) => `coalesce(${document}.document_total_amount, (
  select sum(item_taxable_amount + coalesce(igst_amount, 0) + coalesce(cgst_amount, 0) + coalesce(sgst_amount, 0) + coalesce(cess_amount, 0))
  from gst_document_lines l where l.workspace_id = ${document}.workspace_id and l.document_id = ${document}.id))`

/**
 * Gathers the sales documents of a return that was just begun, and their lines, in temporary tables that are gone at the
 * end of the transaction:
 *
 *     return_documents (id, number, ..., section, is_of_month)   cancelled ones as well
 *     return_lines     (<its document>, section, rt, txval, iamt, camt, samt, csamt, ...)
 *
 * Which section is decided in this order: abroad; a registered customer; an unregistered one in another state, of a large
 * invoice or of a note to one; the rest is added up. A document that amends another goes into the amending section, and a
 * line on which no tax is due into the summary of those.
 */
export async function gatherLines(client: Client, made: NewReturn): Promise<void> {
  // A statement that makes a table takes no parameters.
  const id = client.escapeLiteral(made.id)
  await client.query(`drop table if exists return_lines, return_documents`)
  await client.query(`
    create temporary table return_documents on commit drop as
    select d.id, d.document_type as type, d.document_number as number, upper(d.document_number) as number_key, d.document_date as date,
           d.original_document_number as original, coalesce(d.original_document_date, d.document_date) as original_date,
           d.customer_gstin as ctin, d.place_of_supply as pos, d.export_type, d.export_port_code as port, d.export_bill_number as bill,
           d.export_bill_date as bill_date, d.is_this_document_cancelled is true as is_cancelled,
           d.is_this_a_bill_of_supply is true as is_bill_of_supply, case when d.is_reverse_charge then 'Y' else 'N' end as rchrg,
           case d.applicable_tax_rate when '65' then 0.65 end as share, case d.document_type when 'CREDIT' then -1 else 1 end as sign,
           kind.inv_typ, is_abroad, is_intra, value, d.original_document_number is not null as amends, d.ecommerce_gstin as etin,
           ${monthOf('d')} = made.return_period as is_of_month, d.linked_advance_document_date as advance_date, d.linked_advance_adjustment_amount as advance,
           case
             when is_abroad then case d.document_type when 'INVOICE' then 'EXP' else 'CDNUR' end
             when d.customer_gstin is not null then case d.document_type when 'INVOICE' then 'B2B' else 'CDNR' end
             when not is_intra and coalesce(linked.is_large, value > ${largeInvoiceSql('made.return_period')})
               then case d.document_type when 'INVOICE' then 'B2CL' else 'CDNUR' end
             else 'B2CS'
           end || case when d.original_document_number is null then '' else 'A' end as section
    from gstr1_returns made
    join gst_current_documents c on c.workspace_id = made.workspace_id and c.supplier_gstin = made.gstin
    join gst_documents d on d.workspace_id = c.workspace_id and d.id = c.document_id
    cross join lateral (
      select coalesce(d.export_type like 'EXPORT%', false) as is_abroad,
             left(d.supplier_gstin, 2) = d.place_of_supply and coalesce(d.export_type !~ '^(SEZ|EXPORT|SALE_FROM_BONDED_WH)', true)
               and not made.is_sez_unit as is_intra
    ) place
    cross join lateral (select ${amountOf('d')} as value) total
    cross join lateral (
      select case d.export_type when 'SEZ_WITH_IGST' then 'SEWP' when 'SEZ_WITHOUT_IGST' then 'SEWOP' when 'DEEMED' then 'DE'
             when 'SALE_FROM_BONDED_WH' then 'CBW' else 'R' end as inv_typ
    ) kind
    left join lateral (
      select ${amountOf('i')} > ${largeInvoiceSql(monthOf('i'))} as is_large
      from gst_current_documents of join gst_documents i on i.workspace_id = of.workspace_id and i.id = of.document_id
      where d.document_type <> 'INVOICE' and of.workspace_id = d.workspace_id and of.number_key = upper(d.linked_invoice_number)
        and of.supplier_gstin = d.supplier_gstin and of.document_type = 'INVOICE'
      order by i.document_date desc limit 1
    ) linked on true
    where made.id = ${id} and ${monthOf('d')} between ${coversFrom} and made.return_period and d.is_this_document_deleted is not true`)
  await client.query(`
    create temporary table return_lines on commit drop as
    select d.*, l.hsn_or_sac_code as hsn, coalesce(l.hsn_or_sac_code like '99%', l.item_category = 'S', false) as is_service,
           l.item_unit_code as unit, coalesce(l.item_quantity, 0) as qty, zero.kind as untaxed,
           coalesce(l.gst_rate, case when is_intra then l.cgst_rate + l.sgst_rate else l.igst_rate end, 0) as rt,
           l.item_taxable_amount as txval, coalesce(l.igst_amount, 0) as iamt, coalesce(l.cgst_amount, 0) as camt,
           coalesce(l.sgst_amount, 0) as samt, coalesce(l.cess_amount, 0) as csamt
    from return_documents d
    join gstr1_returns made on made.id = ${id}
    join gst_document_lines l on l.workspace_id = made.workspace_id and l.document_id = d.id
    cross join lateral (
      select case when is_abroad or amends then null
             when l.zero_tax_category = 'NILRATED' then 'nil_amt'
             when l.zero_tax_category = 'NONGSTSUPPLY' then 'ngsup_amt'
             when l.zero_tax_category in ('EXEMPTED', 'SUPPLYFROMCOMPOSITIONDEALER') or is_bill_of_supply then 'expt_amt' end as kind
    ) zero
    where not is_cancelled`)
}
