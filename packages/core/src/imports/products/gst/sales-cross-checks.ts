import type { Client } from '@drayage/db/connect'
import type { SalesColumn } from './sales-columns.ts'

/** The document that a row belongs to, whatever the case of its number. */
const key = ['supplier_gstin', 'financial_year', 'document_type', 'upper(document_number)']
const keyOf = (row: string) => key.map((part) => part.replace(/^(upper\()?/, `$1${row}.`))

/**
 * Unites the rows of one document that stand apart, or differ in how its cells are written: they all get the id of the
 * first. Where they differ in what the cells say, that is an error of the later row.
 *
 * @returns whether there were any
 */
export async function uniteDocuments(client: Client, documentColumns: readonly SalesColumn[]): Promise<boolean> {
  const compared = documentColumns.map(
    ({ header, field }) => `('${header}', later.${field} is distinct from first.${field}, later.${field}::text, first.${field}::text)`,
  )
  const united = await client.query(`
    with shared as materialized (
      select ${key.map((part, index) => `${part} as k${index}`).join(', ')}, min(row_number) as first_row
      from staged_rows
      where heads is not null and supplier_gstin is not null and financial_year is not null and document_type is not null and document_number is not null
      group by 1, 2, 3, 4 having count(*) > 1
    ), apart as materialized (
      select later.row_number, later.document_id, first.row_number as first_row, first.document_id as first_id
      from shared
      join staged_rows first on first.row_number = first_row
      join staged_rows later on later.heads is not null and later.row_number > first_row
        and (${keyOf('later').join(', ')}) = (k0, k1, k2, k3)
    ), disagreeing as (
      insert into staged_issues (row_number, severity, code, column_name, value, message)
      select apart.row_number, 'error', 'document.rows_disagree', cell.header, cell.own,
             'is not what row ' || apart.first_row || ' says of the same document, ' || coalesce('"' || cell.firsts || '"', 'which is nothing') || '; make all rows of a document agree.'
      from apart
      join staged_rows first on first.row_number = apart.first_row and first.heads
      join staged_rows later on later.row_number = apart.row_number and later.heads,
      lateral (values ${compared.join(', ')}) cell (header, differs, own, firsts)
      where cell.differs and cell.header <> 'Document Number'
      order by apart.row_number
    )
    update staged_rows r set document_id = apart.first_id, heads = case when r.heads then false else r.heads end
    from apart where r.document_id = apart.document_id`)
  return united.rowCount !== 0
}

/**
 * A wrong row whose type, date or supplier cannot be read may belong to any document of its number: better one document
 * too many in the error file than one imported without its line.
 */
export async function rejectAlongside(client: Client): Promise<void> {
  await client.query(`
    insert into staged_issues (row_number, severity, code, message)
    select head.row_number, 'error', 'document.has_rejected_row',
           'The row is right, but row ' || min(lost.row_number) || ', which bears the same number, is not. Correct that row and send the whole document again.'
    from staged_rows lost
    join staged_rows head on head.heads and upper(head.document_number) = upper(lost.document_number)
      and (lost.supplier_gstin is null or lost.supplier_gstin = head.supplier_gstin)
      and (lost.financial_year is null or lost.financial_year = head.financial_year)
      and (lost.document_type is null or lost.document_type = head.document_type)
    where not lost.heads and (lost.supplier_gstin is null or lost.financial_year is null or lost.document_type is null)
    group by head.row_number order by head.row_number`)
}
