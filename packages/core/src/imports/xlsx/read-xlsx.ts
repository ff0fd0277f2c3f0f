import { fatal, rowName } from '../fatal.ts'
import { type CsvBatch, type CsvLimits, csvLimits } from '../read-csv.ts'
import { openSpool, spooled, tooLarge } from '../spool.ts'
import { openZipParts, type ZipLimits, zipLimits } from '../zip-parts.ts'
import { readXml } from './read-xml.ts'
import { keepSharedTexts } from './shared-texts.ts'
import { type SheetRow, sheetReader } from './sheet-rows.ts'
import { findSheet, readNumberFormats, readSharedTexts } from './workbook.ts'
import { xlsxFaults } from './xlsx-faults.ts'

export type ReadXlsxOptions = { limits?: Partial<CsvLimits & ZipLimits> }

/**
 * The rows of the first sheet of a workbook that can be seen, as the records of a CSV file: the first row that holds
 * something is record 0, the header. Cells are as an accountant reads them; records are as wide as the header, or wider.
 * Rows without anything are left out, and the numbers behind them count on.
 *
 * The file is copied to a nameless temporary one, since a workbook has to be read here and there; memory does not grow
 * with it. Faults are fatal: `file.too_large`, `file.empty`, `xlsx.too_many_rows`, `xlsx.too_many_columns`,
 * `xlsx.cell_too_large`, `xlsx.record_too_large`, `xlsx.too_many_texts`, and those of its parts.
 */
export async function* readXlsx(source: AsyncIterable<Buffer>, options: ReadXlsxOptions): AsyncGenerator<CsvBatch, void, void> {
  const limits = { ...csvLimits, ...zipLimits, ...options.limits }
  await using file = await spooled(source, limits)
  await using textsFile = await openSpool()
  const parts = await openZipParts(file.fd, { limits, faults: xlsxFaults })
  const { sheet, texts: textsPart, styles, dates } = await findSheet(parts)
  const texts = keepSharedTexts(textsFile)
  if (textsPart !== undefined) await readSharedTexts(parts, textsPart, { texts, cellBytes: limits.cellBytes })
  const formats = styles === undefined ? [] : await readNumberFormats(parts, styles)
  let header: SheetRow | undefined
  const recordOf = (row: number) => row - (header?.number ?? row)
  const { handler, taken } = sheetReader({
    texts,
    formats,
    dates,
    limits,
    tooWide: (row) => {
      const message = `${rowName(recordOf(row))} has more than the ${limits.columns} cells allowed. Remove columns that are not of the template.`
      return fatal('xlsx.too_many_columns', message, { row: recordOf(row) })
    },
  })

  let characters = 0
  for await (const _ of readXml(parts.read(sheet), handler)) {
    const rows = taken()
    for (const { number, cells } of rows) {
      const length = cells.reduce((sum, cell) => sum + cell.length, 0)
      characters += length
      if (length > limits.recordBytes) {
        const row = recordOf(number)
        throw fatal('xlsx.record_too_large', `${rowName(row)} is longer than the ${limits.recordBytes} bytes allowed. Shorten its texts.`, {
          row,
        })
      }
      // A text counts as often as cells name it, as it would in a CSV file.
      if (characters > limits.fileBytes) throw tooLarge(limits.fileBytes)
    }
    header ??= rows[0]
    if (header === undefined) continue
    const width = header.cells.length
    for (const { cells } of rows) while (cells.length < width) cells.push('')
    if (recordOf(rows.at(-1)?.number ?? header.number) > limits.rows) {
      throw fatal('xlsx.too_many_rows', `The sheet has more than ${limits.rows} rows. Divide it and send the parts.`, {
        row: limits.rows + 1,
      })
    }
    yield* inBatches(rows, recordOf)
  }
  if (header === undefined) throw fatal('file.empty', 'The first sheet is empty. Send it again, with a header line and the rows below it.')
}

/** Rows that follow each other go together. */
function* inBatches(rows: readonly SheetRow[], recordOf: (row: number) => number): Generator<CsvBatch, void, void> {
  let batch: CsvBatch | undefined
  for (const { number, cells } of rows) {
    const record = recordOf(number)
    if (batch !== undefined && record === batch.first + batch.records.length) batch.records.push(cells)
    else {
      if (batch !== undefined) yield batch
      batch = { first: record, records: [cells] }
    }
  }
  if (batch !== undefined) yield batch
}
