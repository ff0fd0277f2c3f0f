import type { Client } from '../connect.ts'
import type { Severity } from '../vocabulary.ts'
import { copyRows, copyText, type RowCopy } from './copy-rows.ts'

/**
 * The temporary tables of one import, empty at the end of its transaction:
 *
 *     staged_rows   (row_number, <the product's columns>)
 *     staged_issues (id, row_number, severity, column_name, code, value, message)
 */
export type Staging = {
  /** Takes one row as COPY text. True when much was gathered: then `flush` before the next. */
  addRow(line: string): boolean
  addIssue(issue: { row: number; severity: Severity; column?: string; code: string; value?: string; message: string }): void
  flush(): Promise<void>
  /** Resolves when all is in the tables. To be called also when they are not wanted any more. */
  end(): Promise<void>
}

/** Issues that are gathered before the rows make way for them. */
const gatheredIssues = 5000

export async function openStaging(client: Client, columns: readonly { name: string; type: string }[]): Promise<Staging> {
  await prepareTables(client, columns.map(({ name, type }) => `${name} ${type}`).join(', '))
  const rowsTarget = { table: 'staged_rows', columns: ['row_number', ...columns.map(({ name }) => name)] }
  const issuesTarget = { table: 'staged_issues', columns: ['row_number', 'severity', 'column_name', 'code', 'value', 'message'] }
  let rows: RowCopy | undefined
  let issues: string[] = []

  // A connection takes one COPY at a time.
  const flushIssues = async () => {
    await rows?.end()
    rows = undefined
    const copy = copyRows(client, issuesTarget)
    for (const line of issues) if (copy.add(line)) await copy.flush()
    issues = []
    await copy.end()
  }
  return {
    addRow: (line) => {
      rows ??= copyRows(client, rowsTarget)
      return rows.add(line) || issues.length >= gatheredIssues
    },
    addIssue: ({ row, severity, column = '', code, value = '', message }) => {
      issues.push([row, severity, copyText(column), code, copyText(value), copyText(message)].join('\t'))
    },
    flush: () => (issues.length >= gatheredIssues ? flushIssues() : (rows?.flush() ?? Promise.resolve())),
    end: flushIssues,
  }
}

/**
 * Making tables costs more than importing a small file: a connection keeps them, empty, for the next file of this shape,
 * and what shape they have is told by a comment, which is gone with them when a transaction that made them is undone.
 */
async function prepareTables(client: Client, shape: string): Promise<void> {
  const found = await client.query<{ shape: string | null }>({
    name: 'staged-shape',
    text: "select obj_description(to_regclass('pg_temp.staged_rows'), 'pg_class') as shape, set_config('work_mem', $1, true)",
    // A sort or hash of the rows of one file is worth this much; the default would go to disk.
    values: ['64MB'],
  })
  if (found.rows[0]?.shape === shape) return
  await client.query(`
    drop table if exists pg_temp.staged_rows, pg_temp.staged_issues;
    create temporary table staged_rows (row_number integer not null, ${shape}) on commit delete rows;
    create temporary table staged_issues (
      id bigint generated always as identity, row_number integer not null, severity text not null,
      column_name text, code text not null, value text, message text not null
    ) on commit delete rows;
    comment on table staged_rows is ${client.escapeLiteral(shape)}`)
}

/**
 * Lets rows stand or fall together: gives those that share a value of `column` with a row that has an error an error of
 * their own. `%s` in the message is that row's number.
 */
export async function spreadErrors(client: Client, rule: { column: string; code: string; message: string }): Promise<void> {
  await client.query(
    `insert into staged_issues (row_number, severity, code, message)
     select r.row_number, 'error', $1, replace($2, '%s', bad.row_number::text)
     from staged_rows r
     join (
       select ${rule.column}, min(r.row_number) as row_number from staged_rows r
       where exists (select from staged_issues i where i.row_number = r.row_number and i.severity = 'error')
       group by ${rule.column}
     ) bad using (${rule.column})
     where not exists (select from staged_issues i where i.row_number = r.row_number and i.severity = 'error')
     order by r.row_number`,
    [rule.code, rule.message],
  )
}

export type StagedCounts = { rejected: number; warnings: number; notices: number }

export async function countStaged(client: Client): Promise<StagedCounts> {
  const { rows } = await client.query<StagedCounts>(
    `select count(distinct row_number) filter (where severity = 'error')::int as rejected,
            count(*) filter (where severity = 'warning')::int as warnings, count(*) filter (where severity = 'notice')::int as notices
     from staged_issues`,
  )
  return rows[0] ?? { rejected: 0, warnings: 0, notices: 0 }
}

/** Leaves the rows that have no error. */
export async function dropRejected(client: Client): Promise<void> {
  await client.query(
    `delete from staged_rows r where exists (select from staged_issues i where i.row_number = r.row_number and i.severity = 'error')`,
  )
}

/** SQL for what a row of `staged_issues` says, with the column and the value it is about. */
export const sentence = (issue: string) => `concat_ws(' ', ${issue}.column_name, '"' || ${issue}.value || '"', ${issue}.message)`

/** Keeps what the error file says of each rejected row, and the first `limit` findings. */
export async function storeFindings(client: Client, transfer: { workspaceId: string; transferId: string; limit: number }): Promise<void> {
  const key = [transfer.workspaceId, transfer.transferId]
  await client.query(
    `insert into rejected_rows (workspace_id, transfer_id, row_number, errors, warnings)
     select $1, $2, row_number, 'Row ' || row_number || ': ' || string_agg(${sentence('i')}, ' ' order by id) filter (where severity = 'error'),
            coalesce('Row ' || row_number || ': ' || string_agg(${sentence('i')}, ' ' order by id) filter (where severity = 'warning'), '')
     from staged_issues i where row_number in (select row_number from staged_issues where severity = 'error') group by row_number`,
    key,
  )
  await client.query(
    `insert into transfer_issues (workspace_id, transfer_id, ordinal, row_number, column_name, severity, code, message, value)
     select $1, $2, row_number() over (order by row_number, id), row_number, column_name, severity, code,
            case when row_number > 0 then 'Row ' || row_number || ': ' else '' end || ${sentence('i')}, value
     from (select * from staged_issues order by row_number, id limit $3) i`,
    [...key, transfer.limit],
  )
}

export type RejectedRow = { row: number; errors: string; warnings: string }

/** Rejected rows in the file's order, some at a time, the first behind row `after`. */
export async function listRejected(
  client: Client,
  page: { workspaceId: string; transferId: string; after: number; limit: number },
): Promise<RejectedRow[]> {
  const { rows } = await client.query<RejectedRow>({
    name: 'list-rejected',
    text: `select row_number as row, errors, warnings from rejected_rows
      where workspace_id = $1 and transfer_id = $2 and row_number > $3 order by row_number limit $4`,
    values: [page.workspaceId, page.transferId, page.after, page.limit],
  })
  return rows
}

/** As `listRejected`, those of which no error was kept. */
export async function listRejectedUntold(
  client: Client,
  page: { workspaceId: string; transferId: string; after: number; limit: number },
): Promise<RejectedRow[]> {
  const { rows } = await client.query<RejectedRow>(
    `select row_number as row, errors, warnings from rejected_rows r
     where workspace_id = $1 and transfer_id = $2 and row_number > $3 and row_number >= (
       select coalesce(max(i.row_number), 0) from transfer_issues i where i.workspace_id = $1 and i.transfer_id = $2
     ) and not exists (
       select from transfer_issues i
       where i.workspace_id = $1 and i.transfer_id = $2 and i.row_number = r.row_number and i.severity = 'error'
     )
     order by row_number limit $4`,
    [page.workspaceId, page.transferId, page.after, page.limit],
  )
  return rows
}
