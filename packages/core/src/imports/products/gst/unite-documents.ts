import type { Client } from '@drayage/db/connect'
import type { RegisterColumn } from './register.ts'

/**
 * Unites the rows of one document that stand apart, or differ in how its cells are written: they all get the id of the
 * first. Where they differ in what the cells say, that is an error of the later row.
 *
 * @returns whether there were any
 */
export async function uniteDocuments(client: Client, documentColumns: readonly RegisterColumn[]): Promise<boolean> {
  const key = (row: string) => `${row}.supplier_key, ${row}.financial_year, ${row}.document_type, ${row}.number_key`
  const named = (row: string) =>
    `${row}.heads is not null and ${row}.supplier_key is not null and ${row}.financial_year is not null and ${row}.document_type is not null and ${row}.number_key is not null`
  const shared = `select ${key('r')}, min(row_number) from staged_rows r where ${named('r')} group by 1, 2, 3, 4 having count(*) > 1`
  // In most files each document stands together, and this one pass over the rows is all.
  const found = await client.query(`${shared} limit 1`)
  if (found.rowCount === 0) return false
  // All rows of documents that have several, with where they stand: so what follows reads these rows only.
  await client.query(`
    create temporary table apart on commit drop as
    select r.row_number, r.document_id, r.ctid as stands, shared.first_row
    from (${shared}) shared (supplier_key, financial_year, document_type, number_key, first_row)
    join staged_rows r on ${named('r')} and (${key('r')}) = (shared.supplier_key, shared.financial_year, shared.document_type, shared.number_key)`)
  // Without it the plan takes them for many, and sorts all rows of the file.
  await client.query('analyze apart')
  const compared = documentColumns
    .filter(({ header }) => header !== 'Document Number')
    .map(({ header, field }) => `('${header}', later.${field} is distinct from first.${field}, later.${field}::text, first.${field}::text)`)
  await client.query(`
    insert into staged_issues (row_number, severity, code, column_name, value, message)
    select apart.row_number, 'error', 'document.rows_disagree', cell.header, cell.own,
           'is not what row ' || apart.first_row || ' says of the same document, ' || coalesce('"' || cell.firsts || '"', 'which is nothing') || '; make all rows of a document agree.'
    from apart
    join apart heading on heading.row_number = apart.first_row
    join staged_rows first on first.ctid = heading.stands and first.heads
    join staged_rows later on later.ctid = apart.stands and later.heads,
    lateral (values ${compared.join(', ')}) cell (header, differs, own, firsts)
    where apart.row_number > apart.first_row and cell.differs
    order by apart.row_number`)
  await client.query(`
    update staged_rows r set document_id = heading.document_id, heads = case when r.heads then false else r.heads end
    from apart join apart heading on heading.row_number = apart.first_row
    where r.document_id = apart.document_id and apart.row_number > apart.first_row`)
  return true
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
    join staged_rows head on head.heads and head.number_key = lost.number_key
      and (lost.supplier_key is null or lost.supplier_key = head.supplier_key)
      and (lost.financial_year is null or lost.financial_year = head.financial_year)
      and (lost.document_type is null or lost.document_type = head.document_type)
    where not lost.heads and (lost.supplier_key is null or lost.financial_year is null or lost.document_type is null)
    group by head.row_number order by head.row_number`)
}
