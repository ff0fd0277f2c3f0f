import type { Database } from '@drayage/db/connect'
import { listRejected, type RejectedRow } from '@drayage/db/queries/staged-rows'
import { hasMark } from './decode-text.ts'
import { readHeader, reportColumns } from './header.ts'
import type { Column, ImportOutcome } from './importer.ts'
import { isWorkbook, readRecords } from './read-records.ts'
import type { CsvDialect } from './scan-csv.ts'
import { csvWriter, neutralised } from './write-csv.ts'

/** The result file that every action has: what was not imported, to be corrected and dropped again. */
export const errorOutput = { kind: 'upload_error', extension: '.csv' } as const

/** Rejected rows that are looked up at once. */
const pageRows = 5000

/** One line that says what discarded the whole file, and where. */
export async function* fatalLines(fault: NonNullable<ImportOutcome['fatal']>, csv: CsvDialect): AsyncGenerator<string, void, void> {
  const write = csvWriter(csv)
  yield write([reportColumns[0]])
  yield write([neutralised(`${fault.message} (${fault.code})`)])
}

/**
 * The rejected rows as they came, in the sender's own columns and order, each with what is wrong with it at the end.
 * Cells beyond the header's, which are wrong, stand behind that.
 */
export async function* rejectedLines(
  db: Database,
  request: {
    transfer: { workspaceId: string; transferId: string }
    columns: readonly Column[]
    csv: CsvDialect
    original(): AsyncIterable<Buffer>
  },
): AsyncGenerator<string, void, void> {
  const { columns, csv, original } = request
  const write = csvWriter(csv)
  const rejected = rejectedRows(db, request.transfer)
  let wanted = await rejected.next()
  let echoed: readonly number[] = []
  let width = 0
  for await (const batch of readRecords(original(), { csv, limits: { fileBytes: Number.POSITIVE_INFINITY } })) {
    if (batch.first === 0) {
      const cells = batch.records[0] ?? []
      echoed = readHeader(cells, { columns, csv }).echoed
      width = cells.length
      // Who sends workbooks opens this in the same program, which reads UTF-8 where it is marked.
      if ((await hasMark(original())) || (await isWorkbook(original()))) yield '\ufeff'
      yield write([...echoed.map((position) => cells[position] ?? ''), ...reportColumns])
    }
    const end = batch.first + batch.records.length
    while (wanted.done !== true && wanted.value.row < end) {
      const { row, errors, warnings } = wanted.value
      const record = batch.records[row - batch.first] ?? []
      const own = echoed.map((position) => record[position] ?? '')
      yield write([...own, neutralised(errors), neutralised(warnings), ...record.slice(width)])
      wanted = await rejected.next()
    }
    if (wanted.done === true) return
  }
}

async function* rejectedRows(
  db: Database,
  transfer: { workspaceId: string; transferId: string },
): AsyncGenerator<RejectedRow, undefined, void> {
  for (let after = 0; ; ) {
    const page = { ...transfer, after, limit: pageRows }
    const rows = await db.inWorkspace(transfer.workspaceId, ({ client }) => listRejected(client, page))
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) return undefined
    after = last.row
  }
}
