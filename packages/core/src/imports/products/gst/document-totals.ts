import type { Client } from '@drayage/db/connect'
import type { RowIssue } from '../../importer.ts'
import { paise, rupees } from './amounts.ts'
import type { CellOf, DocumentFacts, LineFacts } from './document-facts.ts'
import { allowance } from './line-rules.ts'
import type { JudgedFile } from './register.ts'

/** Sums over the lines of a document, in paise. */
export type Totals = { taxable: number; cgst: number; sgst: number; igst: number; cess: number }

/** A total that a document declares, and what it must be, within the allowance. */
const totals = [
  { field: 'document_cgst_amount', header: 'Document CGST Amount', of: 'cgst' },
  { field: 'document_sgst_amount', header: 'Document SGST Amount', of: 'sgst' },
  { field: 'document_igst_amount', header: 'Document IGST Amount', of: 'igst' },
  { field: 'document_cess_amount', header: 'Document Cess Amount', of: 'cess' },
  { field: 'document_total_amount', header: 'Document Total Amount', of: 'all' },
] as const
const wrong = (field: string) => `${field}.differs_from_lines`
const rounded = (field: string) => `${field}.rounded`
const codes = totals.flatMap(({ field }) => [wrong(field), rounded(field)])
const message = 'is not the %s that the lines of the document add up to; correct it, or the lines.'

/** What a document declares, in the order of `totals`; '' for what it leaves out. */
export function declaredTotals(cell: CellOf): string[] {
  return totals.map(({ field }) => cell(field) ?? '')
}

export function noTotals(): Totals {
  return { taxable: 0, cgst: 0, sgst: 0, igst: 0, cess: 0 }
}

export function addLine(sums: Totals, { taxable, cgst, sgst, igst, cess }: LineFacts): void {
  sums.taxable += taxable
  sums.cgst += cgst
  sums.sgst += sgst
  sums.igst += igst
  sums.cess += cess
}

/**
 * Checks the totals of a document whose lines were all seen, to one rupee. Where tax may be left out, the total may
 * leave it out.
 */
export function totalIssues(
  document: { first: { number: number }; declared: readonly string[]; facts: DocumentFacts; sums: Totals },
  { tolerance }: JudgedFile,
): RowIssue[] {
  const { first, declared, facts, sums } = document
  const all = sums.taxable + sums.cgst + sums.sgst + sums.igst + sums.cess
  const issues: RowIssue[] = []
  for (const [index, { field, header, of }] of totals.entries()) {
    const value = declared[index] ?? ''
    if (value === '') continue
    const due = of === 'all' ? all : sums[of]
    const difference = Math.abs(paise(value) - due)
    const withoutTax = of === 'all' && facts.taxMayBeLeftOut && Math.abs(paise(value) - sums.taxable) <= allowance
    if (withoutTax || !(difference > allowance)) continue
    const found =
      difference > tolerance
        ? ({ severity: 'error', code: wrong(field) } as const)
        : ({ severity: 'warning', code: rounded(field) } as const)
    issues.push({ row: first.number, column: header, ...found, value, message: message.replace('%s', rupees(due)) })
  }
  return issues
}

/**
 * Checks the documents that were united anew, over all their lines, and withdraws what was found of their parts. Of a
 * document with a wrong row, of which a line is missing here, nothing is said.
 */
export async function checkUnitedTotals(client: Client, { tolerance }: JudgedFile): Promise<void> {
  const checks = totals.map(({ field, header, of }) => {
    const due = of === 'all' ? 'taxable + cgst + sgst + igst + cess' : of
    const without = of === 'all' ? `case when tax_may_be_left_out then taxable else ${due} end` : due
    return `('${wrong(field)}', '${rounded(field)}', '${header}', ${field}, ${due}, ${without})`
  })
  await client.query(
    `with united as materialized (
       select distinct document_id from staged_rows where not heads
     ), found as materialized (
       select i.id, code = any ($2) as is_of_totals, severity, document_id from staged_issues i join staged_rows using (row_number)
       where severity = 'error' or code = any ($2)
     ), wrong as materialized (
       select distinct document_id from found where severity = 'error' and not is_of_totals
     ), withdrawn as (
       delete from staged_issues where id in (
         select id from found where is_of_totals and document_id in (table united union table wrong)
       )
     ), lines as (
       select document_id, sum(item_taxable_amount) as taxable, coalesce(sum(cgst_amount), 0) as cgst, coalesce(sum(sgst_amount), 0) as sgst,
              coalesce(sum(igst_amount), 0) as igst, coalesce(sum(cess_amount), 0) as cess
       from staged_rows join united using (document_id) where document_id not in (table wrong) group by document_id
     )
     insert into staged_issues (row_number, severity, code, column_name, value, message)
     select head.row_number, case when difference > $3 then 'error' else 'warning' end, case when difference > $3 then wrong else rounded end,
            total.header, total.declared::text, replace($1, '%s', round(total.due, 2)::text)
     from lines join staged_rows head on head.document_id = lines.document_id and head.heads and not head.is_void,
     lateral (values ${checks.join(', ')}) total (wrong, rounded, header, declared, due, without),
     lateral (select abs(total.declared - total.due) as difference) off
     where difference > 1 and abs(total.declared - total.without) > 1
     order by head.row_number`,
    [message, codes, tolerance / 100],
  )
}
