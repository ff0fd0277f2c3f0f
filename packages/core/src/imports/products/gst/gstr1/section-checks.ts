import type { Client } from '@drayage/db/connect'
import type { Section } from './section.ts'

/** Cross-row rules of a section, as SQL over its staged rows; those of wrong rows have no cells. */
export async function checkSection(client: Client, section: Section): Promise<void> {
  if (section.agree !== undefined) await checkAgreement(client, section, section.agree)
  if (section.amends !== undefined) await checkAmendments(client, section, section.amends)
  if (section.repeated !== undefined) await findRepeated(client, section.repeated)
}

/** Rows of one invoice, or of what else stands together, say the same about it: the first says what. */
async function checkAgreement(client: Client, section: Section, { rows, on }: NonNullable<Section['agree']>): Promise<void> {
  await client.query(
    `insert into staged_issues (row_number, severity, code, column_name, value, message)
     select later.row_number, 'error', 'document.rows_disagree', cell.header, later.cells ->> cell.field,
            'is not what row ' || later.first_row || ' says of the same, ' || coalesce('"' || (first.cells ->> cell.field) || '"', 'which is nothing')
            || '; make all rows that belong together agree.'
     from (
       select row_number, cells, first_value(row_number) over same as first_row
       from staged_rows where cells is not null
       window same as (partition by ${rows} order by row_number)
     ) later
     join staged_rows first on first.row_number = later.first_row
     join unnest($1::text[], $2::text[]) cell (field, header) on later.cells -> cell.field is distinct from first.cells -> cell.field
     where later.row_number > later.first_row
     order by later.row_number`,
    [on, on.map((field) => headerOf(section, field))],
  )
}

/** An original has one revision: the first that is named. */
async function checkAmendments(
  client: Client,
  section: Section,
  { original, revised, within }: NonNullable<Section['amends']>,
): Promise<void> {
  const key = [...within, original].map((field) => `upper(cells ->> '${field}')`).join(', ')
  await client.query(
    `insert into staged_issues (row_number, severity, code, column_name, value, message)
     select row_number, 'error', 'original.revised_twice', $1, revised,
            'is another number than "' || first_revised || '" in row ' || first_row || ', which revises the same original; give an original one revision.'
     from (
       select row_number, cells ->> $2 as revised, first_value(cells ->> $2) over same as first_revised, first_value(row_number) over same as first_row
       from staged_rows where cells is not null
       window same as (partition by ${key} order by row_number)
     ) named
     where upper(revised) <> upper(first_revised) order by row_number`,
    [headerOf(section, revised), revised],
  )
}

/** The tax network's own tool takes one of several rows that say the same, and does not tell. We do as it does, and tell. */
async function findRepeated(client: Client, { counts }: NonNullable<Section['repeated']>): Promise<void> {
  const message =
    counts === 'last'
      ? "This row says the same as row %s and stands for it, as in the tax network's own tool. If both are meant, add them up in one row."
      : "Row %s says the same and stands for this one, as in the tax network's own tool. If both are meant, add them up in one row."
  await client.query(
    `insert into staged_issues (row_number, severity, code, message)
     select row_number, 'warning', 'row.repeated', replace($1, '%s', before::text)
     from (
       select row_number, ${counts === 'last' ? 'lag(row_number)' : 'first_value(row_number)'} over (partition by repeat_key order by row_number) as before
       from staged_rows where cells is not null
     ) row where before < row_number order by row_number`,
    [message],
  )
}

/** Codes that are not on the list that the operator loaded, if there is one. */
export async function checkCodes(client: Client, section: Section): Promise<void> {
  if (!section.columns.some(({ field }) => field === 'hsn_sc')) return
  await client.query(
    `insert into staged_issues (row_number, severity, code, column_name, value, message)
     select row_number, 'error', 'hsn.unlisted', $1, cells ->> 'hsn_sc', 'is not on the list of HSN and SAC codes; look it up on the tax portal and correct it.'
     from staged_rows where exists (select from hsn_codes) and not exists (select from hsn_codes h where h.code = cells ->> 'hsn_sc')
       and cells is not null order by row_number`,
    [headerOf(section, 'hsn_sc')],
  )
}

function headerOf(section: Section, field: string): string {
  return section.columns.find((column) => column.field === field)?.header ?? field
}
