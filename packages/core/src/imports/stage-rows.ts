import type { Client } from '@drayage/db/connect'
import { openStaging, type Staging } from '@drayage/db/queries/staged-rows'
import { fatal } from './fatal.ts'
import { type Translation, translationOf } from './foreign-layout.ts'
import { type Header, readHeader } from './header.ts'
import { type Action, columnsOf, type ImportFile, type Row, type RowIssue, type RowJudge } from './importer.ts'
import { type CsvBatch, isBlank } from './read-csv.ts'
import type { BegunRecords } from './read-records.ts'
import type { CsvDialect } from './scan-csv.ts'

export type StageRequest = {
  client: Client
  action: Action
  file: Omit<ImportFile, 'positions' | 'extras'>
  csv: CsvDialect
  /** Notices beyond these are only counted. */
  issueLimit: number
  records: BegunRecords['batches']
  signal?: AbortSignal
}

/** Rows that stand in the temporary tables, with the judge that knows the rest of their rules. */
export type StagedRows = { judge: RowJudge; rows: number; uncountedNotices: number }

/**
 * Judges the file row by row into the temporary tables. A row of other than the header's number of cells is an error,
 * unless the judge takes shorter ones; blank lines are no rows, but keep their number, so that row numbers are those of a
 * spreadsheet, less one.
 *
 * Fatal faults: those of the action's forms, of `readRecords` and `readHeader`, and `file.no_rows`.
 */
export async function stageRows(request: StageRequest): Promise<StagedRows> {
  const { client, action, file, csv, records } = request
  const columns = columnsOf(action, file.fileName)
  const begun = await records.next()
  // readRecords faults on a file without a record.
  const first = begun.value as CsvBatch
  const [headings = []] = first.records
  const translation = translationOf(action.foreignLayouts ?? [], headings)
  const header = readHeader(translation?.headings ?? headings, { columns, csv })
  const judge = action.importer({ ...file, positions: header.positions, extras: header.extras })
  const staging = await openStaging(client, judge.staging)
  const desk = openDesk({ judge, header, headings, translation, staging, issueLimit: request.issueLimit })
  try {
    await desk.take({ first: first.first + 1, records: first.records.slice(1) })
    for await (const batch of records) {
      request.signal?.throwIfAborted()
      await desk.take(batch)
    }
    desk.close()
  } finally {
    // Also after a fault of the file: only then can the transaction say what became of it.
    await staging.end()
  }
  if (desk.rows() === 0) throw fatal('file.no_rows', 'The file has a header line and no rows below it. Export it again, with its rows.')
  return { judge, rows: desk.rows(), uncountedNotices: desk.uncountedNotices() }
}

type Desk = {
  judge: RowJudge
  header: Header
  /** As they stand in the file. */
  headings: readonly string[]
  translation: Translation | undefined
  staging: Staging
  issueLimit: number
}

function openDesk({ judge, header, headings, translation, staging, issueLimit }: Desk) {
  const width = headings.length
  const shortest = judge.shortest ?? width
  let rows = 0
  let notices = 0
  const report = (issue: RowIssue) => {
    if (issue.severity === 'notice' && ++notices > issueLimit) return
    staging.addIssue({ ...issue, value: issue.value?.slice(0, longestValue) })
  }
  for (const notice of header.notices) report(notice)
  if (translation !== undefined) report(translation.notice)

  const judged = (row: Row) => {
    const { number, cells } = row
    if (cells.length >= shortest && (cells.length <= width || isBlank(cells.slice(width)))) {
      return judge.row(translation === undefined ? row : { number, cells: translation.translate(cells) }, report)
    }
    const message = `The row has ${cells.length} cells and the header line ${width}. A cell that holds the delimiter or a line end must stand in quotation marks.`
    report({ row: number, severity: 'error', code: 'row.wrong_cell_count', message })
    return judge.stray(row)
  }
  return {
    rows: () => rows,
    uncountedNotices: () => Math.max(0, notices - issueLimit),
    take: async ({ first, records }: CsvBatch) => {
      let number = first - 1
      for (const cells of records) {
        number++
        if (isBlank(cells)) continue
        rows++
        if (staging.addRow(`${number}\t${judged({ number, cells })}`)) await staging.flush()
      }
    },
    close: () => judge.end?.(report),
  }
}

/** Characters of a cell that are kept with a finding. */
const longestValue = 200
