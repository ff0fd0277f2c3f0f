import type { Database } from '@drayage/db/connect'
import type { RecordExport } from '../imports/record-export.ts'
import { csvWriter, inBlocks, neutralised } from '../imports/write-csv.ts'

/** As people write one of another country; a spreadsheet takes it for a number at most. */
const phoneNumber = /^\+\d[\d ]*$/

/**
 * The bytes of a file of records, the same each time: what was recorded does not change. People typed it, and others open it
 * in spreadsheets, so that nothing of it may be read as a formula.
 */
export function renderExport(
  db: Database,
  { headings, lines }: Pick<RecordExport, 'headings' | 'lines'>,
  file: { workspaceId: string; exportId: string },
): AsyncIterable<Buffer> {
  const write = csvWriter({ delimiter: ',', quote: '"', lineEnd: '\r\n' })
  const plain = (cell: string | null) => (cell === null || phoneNumber.test(cell) ? cell : neutralised(cell))
  return inBlocks(
    (async function* () {
      yield write(headings)
      for await (const some of lines(db, file)) yield some.map((line) => write(line.map(plain))).join('')
    })(),
  )
}
