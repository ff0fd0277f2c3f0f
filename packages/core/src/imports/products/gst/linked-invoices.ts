import type { Client } from '@drayage/db/connect'
import { beginning } from './document-rules.ts'
import type { Register } from './register.ts'

/**
 * What a note and the invoice it names must have in common, with the invoice looked up in the file and among what was
 * imported before. None of it is an error: which files came before must not decide which documents are imported.
 *
 * `says` is SQL over `note`, `invoice` and what is `taxable` of both, with dates as people write them in `days`.
 */
export const linkedInvoiceFindings = [
  {
    code: 'linked_invoice.not_imported',
    severity: 'notice',
    header: 'Linked Invoice Number',
    broken: 'invoice.id is null',
    says: `'is no invoice of this supplier that was imported; correct the number, or send the invoice as well.'`,
  },
  {
    code: 'linked_invoice.does_not_count',
    severity: 'warning',
    header: 'Linked Invoice Number',
    broken: 'invoice.is_void',
    says: `'is an invoice that was cancelled or deleted, so there is nothing to correct by a note; correct the number, or send the invoice again if it counts.'`,
  },
  {
    code: 'linked_invoice_date.differs_from_invoice',
    severity: 'warning',
    header: 'Linked Invoice Date',
    broken: 'invoice.date <> note.linked_date',
    says: `'is not ' || days.invoice || ', the date of that invoice as it was imported; correct the date, or the invoice.'`,
  },
  {
    code: 'linked_invoice.after_note',
    severity: 'warning',
    header: 'Linked Invoice Number',
    broken: 'note.linked_date is null and invoice.date > note.date',
    says: `'is an invoice of ' || days.invoice || ', after the note itself, ' || days.note || '; correct the number, or one of the two dates.'`,
  },
  {
    code: 'linked_invoice.other_customer',
    severity: 'warning',
    header: 'Linked Invoice Number',
    broken: 'invoice.id is not null and invoice.customer is distinct from note.customer',
    says: `'is an invoice to ' || coalesce(invoice.customer, 'a customer without GSTIN') || ', and the note is to '
      || coalesce(note.customer, 'one without GSTIN') || '; correct the number, or the Customer GSTIN.'`,
  },
  {
    code: 'linked_invoice.exceeded',
    severity: 'warning',
    header: 'Linked Invoice Number',
    broken: `note.type = 'CREDIT' and taxable.note > taxable.invoice`,
    says: `'is an invoice of ' || round(taxable.invoice, 2) || ' before tax, and this credit note takes back ' || round(taxable.note, 2)
      || '; correct the amounts, or name the invoice that the rest belongs to in a note of its own.'`,
  },
] as const

/** Looks up the invoices that the notes among the staged documents name, for all of them at once. */
export async function checkLinkedInvoices(
  client: Client,
  { workspaceId, register }: { workspaceId: string; register: Pick<Register, 'columns' | 'tables'> },
): Promise<void> {
  const { documents, lines, current, supplierKey } = register.tables
  const isOfBefore = register.columns.some(({ field }) => field === 'is_linked_invoice_pre_gst')
    ? 'is_linked_invoice_pre_gst is true'
    : 'false'
  const values = linkedInvoiceFindings.map(({ broken, code, severity, header, says }, index) => {
    const value = header === 'Linked Invoice Date' ? 'days.linked' : 'note.linked_number'
    return `(${index}, ${broken}, '${severity}', '${code}', '${header}', ${value}, ${says})`
  })
  // Temporary tables have no statistics: a plan may take them for small, and their joins for a few turns of a loop.
  await client.query("select set_config('enable_nestloop', 'off', true)")
  await client.query(
    `with heads as materialized (
       select row_number, document_id, document_type as type, supplier_key, number_key, financial_year, document_date as date, customer_gstin as customer,
              is_void, linked_invoice_number as linked_number, upper(linked_invoice_number) as linked_key, linked_invoice_date as linked_date,
              ${isOfBefore} or linked_invoice_date < '${beginning}' as is_of_before
       from staged_rows where heads and (document_type = 'INVOICE' or linked_invoice_number is not null)
     ), notes as materialized (
       select *, extract(year from linked_date - interval '3 months') as linked_year from heads
       where type <> 'INVOICE' and not is_void and is_of_before is not true
     ), here as materialized (
       select n.row_number, n.date as note_date, true as is_here, i.financial_year, i.document_id as id, i.date, i.customer, i.is_void
       from notes n join heads i on i.type = 'INVOICE' and i.supplier_key = n.supplier_key and i.number_key = n.linked_key
       where n.linked_year is null or n.linked_year = i.financial_year
     ), found as (
       select * from here
       union all
       select n.row_number, n.date, false, c.financial_year, d.id, d.document_date, d.customer_gstin,
              d.is_this_document_cancelled is true or d.is_this_document_deleted is true
       from notes n
       cross join lateral (
         select document_id, financial_year from ${current}
         where workspace_id = $1 and number_key = n.linked_key and ${supplierKey} = n.supplier_key and document_type = 'INVOICE'
           and (n.linked_year is null or n.linked_year = financial_year) offset 0
       ) c
       cross join lateral (select * from ${documents} where workspace_id = $1 and id = c.document_id offset 0) d
       where n.linked_year is null or n.row_number not in (select row_number from here)
     ), invoices as materialized (
       select distinct on (row_number) * from (
         select distinct on (row_number, financial_year) * from found order by row_number, financial_year, is_here desc
       ) version order by row_number, date <= note_date desc, date desc
     ), sums as materialized (
       select document_id, sum(item_taxable_amount) as taxable from staged_rows
       where document_id in (
         select document_id from notes join invoices using (row_number) where type = 'CREDIT' union all select id from invoices where is_here
       ) group by document_id
     )
     insert into staged_issues (row_number, severity, code, column_name, value, message)
     select note.row_number, told.severity, told.code, told.header, told.value, told.says
     from notes note
     left join invoices invoice using (row_number)
     left join sums of_note on of_note.document_id = note.document_id
     left join sums of_invoice on of_invoice.document_id = invoice.id
     cross join lateral (
       select of_note.taxable as note, case when invoice.is_here then of_invoice.taxable when note.type = 'CREDIT' then (
         select sum(item_taxable_amount) from ${lines} where workspace_id = $1 and document_id = invoice.id
       ) end as invoice
     ) taxable
     cross join lateral (
       select to_char(note.date, 'DD-MM-YYYY') as note, to_char(note.linked_date, 'DD-MM-YYYY') as linked, to_char(invoice.date, 'DD-MM-YYYY') as invoice
     ) days
     cross join lateral (values ${values.join(', ')}) told (nth, broken, severity, code, header, value, says)
     where told.broken order by note.row_number, told.nth`,
    [workspaceId],
  )
  await client.query("select set_config('enable_nestloop', 'on', true)")
}
