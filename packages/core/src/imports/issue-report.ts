import type { Database } from '@drayage/db/connect'
import { listRejectedUntold } from '@drayage/db/queries/staged-rows'
import { listIssues } from '@drayage/db/queries/transfer-issues'
import type { Output, OutputLine, OutputOf } from './importer.ts'

const pageRows = 5000

/** A report of all that was found in a file: a line for each row issue, and one for what discarded the whole of it. */
export const issueReport: Output = {
  kind: 'report',
  extension: '.report.csv',
  headings: ['row', 'column', 'severity', 'code', 'message', 'value'],
  // Cells of the customer's are quoted here for people to read, who open the report in a spreadsheet.
  ownWords: ['column', 'message', 'value'],
  lines: issueLines,
}

async function* issueLines(db: Database, file: OutputOf): AsyncGenerator<OutputLine[], void, void> {
  const { workspaceId, transferId, outcome } = file
  if (outcome?.fatal !== undefined) {
    const { row = 0, column = null, code, message, value = null } = outcome.fatal
    yield [[String(row), column, 'fatal', code, message, value]]
  }
  for (let after = 0; ; ) {
    const page = { workspaceId, transferId, after, limit: pageRows }
    const issues = await db.inWorkspace(workspaceId, (transaction) => listIssues(transaction, page))
    yield issues.map(({ rowNumber, columnName, severity, code, message, value }) => [
      String(rowNumber),
      columnName,
      severity,
      code,
      message,
      value,
    ])
    const last = issues.at(-1)
    if (last === undefined || issues.length < pageRows) break
    after = last.ordinal
  }
  // Beyond the number of issues that are kept, every row that was left out is still named.
  for (let after = 0; ; ) {
    const page = { workspaceId, transferId, after, limit: pageRows }
    const rows = await db.inWorkspace(workspaceId, ({ client }) => listRejectedUntold(client, page))
    yield rows.map(({ row, errors }) => [String(row), null, 'error', 'row.rejected', errors, null])
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) return
    after = last.row
  }
}
