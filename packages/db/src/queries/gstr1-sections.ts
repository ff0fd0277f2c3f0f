import type { Client } from '../connect.ts'
import { sentence } from './staged-rows.ts'

type Load = {
  workspaceId: string
  transferId: string
  gstin: string
  /** First day of the return period. */
  period: string
  section: string
  /** Which of several rows that say the same. */
  counts: 'first' | 'last'
  outdated: { code: string; message: string }
}

/**
 * Loads the staged rows of a section's file. It replaces what earlier files brought of the section; unless the one before
 * had rejected rows: then it completes that one, unit by unit. A file that a later one came before is kept beside it, with
 * the given warning about the whole file.
 */
export async function loadSection(client: Client, load: Load): Promise<void> {
  const { workspaceId, transferId, gstin, period, section, counts, outdated } = load
  const key = [workspaceId, gstin, period, section]
  const { rows: before } = await client.query<{ later: boolean; whole: boolean }>(
    `select transfer_id > $5 as later, rejected_rows = 0 as whole from gstr1_section_files
     where workspace_id = $1 and gstin = $2 and return_period = $3 and section = $4 order by transfer_id desc limit 1`,
    [...key, transferId],
  )
  const [latest = { later: false, whole: true }] = before
  if (latest.later) {
    await client.query(`insert into staged_issues (row_number, severity, code, message) values (0, 'warning', $1, $2)`, [
      outdated.code,
      outdated.message,
    ])
  } else if (latest.whole) {
    await client.query(
      `update gstr1_section_files set counts = false
       where workspace_id = $1 and gstin = $2 and return_period = $3 and section = $4 and counts`,
      key,
    )
  }
  await client.query(
    `insert into gstr1_section_files (workspace_id, gstin, return_period, section, transfer_id, counts, rejected_rows)
     select $1, $2, $3, $4, $5, $6, count(distinct row_number) from staged_issues where severity = 'error'`,
    [...key, transferId, !latest.later],
  )
  await client.query(
    `with warned as (
       select row_number, string_agg('Row ' || row_number || ': ' || ${sentence('i')}, ' ' order by id) as words
       from staged_issues i where severity = 'warning' and row_number > 0 group by row_number
     )
     insert into gstr1_rows (workspace_id, transfer_id, row_number, place, outer_key, inner_key, unit_key, cells, extras, warnings)
     select $1, $2, s.row_number, case when s.row_number = ${counts === 'last' ? 's.latest' : 's.earliest'} then s.earliest end,
            coalesce(outer_key, ''), coalesce(inner_key, ''), unit_key, cells, extras, words
     from (
       select *, min(row_number) over same as earliest, max(row_number) over same as latest
       from staged_rows window same as (partition by repeat_key)
     ) s left join warned using (row_number)`,
    [workspaceId, transferId],
  )
}

export type SectionRow = {
  number: number
  gstin: string
  /** First day of the return period. */
  period: string
  section: string
  /** What tells its unit. */
  entry: string
  /** Whether the row, and not another of the file, stands in the return. */
  counts: boolean
  warnings: string | null
}

/** Rows that a transfer imported, in the order of its file, some at a time, the first behind row `after`. */
export async function pageSectionRows(
  client: Client,
  page: { workspaceId: string; transferId: string; after: number; limit: number },
): Promise<SectionRow[]> {
  const { rows } = await client.query<SectionRow>(
    `select r.row_number as number, f.gstin, f.return_period::text as period, f.section, r.unit_key as entry, r.place is not null as counts, r.warnings
     from gstr1_rows r join gstr1_section_files f using (workspace_id, transfer_id)
     where workspace_id = $1 and transfer_id = $2 and row_number > $3 order by row_number limit $4`,
    [page.workspaceId, page.transferId, page.after, page.limit],
  )
  return rows
}
