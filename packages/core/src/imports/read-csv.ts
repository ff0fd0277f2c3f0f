import { once } from 'node:events'
import { CsvError, parse } from 'csv-parse'
import { decodeText } from './decode-text.ts'
import { asFatal, fatal, rowName } from './fatal.ts'
import { type CsvDialect, scanCsv } from './scan-csv.ts'

/** What a file may hold at most. A longer record is noticed before it is read to its end. */
export type CsvLimits = { fileBytes: number; rows: number; columns: number; cellBytes: number; recordBytes: number }

export const csvLimits: CsvLimits = {
  fileBytes: 1024 ** 3,
  rows: 5_000_000,
  columns: 256,
  cellBytes: 64 * 1024,
  recordBytes: 1024 ** 2,
}

/** Records in the file's order; the first has this number. Record 0 is the header, record 1 the first row. */
export type CsvBatch = { first: number; records: string[][] }

export type ReadCsvOptions = { csv: CsvDialect; limits?: Partial<CsvLimits> }

/** Bytes that csv-parse wants to see behind a record before it gives it out, rounded up. */
const lookAhead = 4

/** Records as a reader found them, with the bytes of each, line end included. */
type Found = { records: string[][]; sizes: number[] }

/** Reads the pieces of a text, and says after each how many bytes of a record it holds that did not end yet. */
type Reader = (pieces: AsyncIterable<string>, options: ReaderOptions) => AsyncIterable<Found>
type ReaderOptions = {
  csv: CsvDialect
  onPending(bytes: number): void
  /** Number of the next record. */
  row(): number
}

/**
 * The records of a CSV file in batches of some hundreds, in memory that does not grow with the file. A record ends at
 * LF, CRLF or CR. Blank lines above the header do not count; one below it is a record of one empty cell.
 *
 * Faults are fatal and name the row: those of `decodeText`, and `file.empty`, `csv.too_many_rows`,
 * `csv.too_many_columns`, `csv.cell_too_large`, `csv.record_too_large`, `csv.quote_not_closed`.
 */
export function readCsv(source: AsyncIterable<Buffer>, options: ReadCsvOptions): AsyncGenerator<CsvBatch, void, void> {
  return guarded(source, { ...options, read: scanned })
}

/** The same by csv-parse alone: the reference for the faster way. */
export function readCsvByParser(source: AsyncIterable<Buffer>, options: ReadCsvOptions): AsyncGenerator<CsvBatch, void, void> {
  return guarded(source, { ...options, read: parsed })
}

async function* guarded(source: AsyncIterable<Buffer>, options: ReadCsvOptions & { read: Reader }): AsyncGenerator<CsvBatch, void, void> {
  const limits = { ...csvLimits, ...options.limits }
  let next = 0
  const onPending = (bytes: number) => {
    if (bytes > limits.recordBytes + lookAhead) throw recordTooLarge(next, limits)
  }
  const row = () => next
  const pieces = decodeText(source, limits)
  try {
    for await (const found of options.read(pieces, { csv: options.csv, onPending, row })) {
      // Lines above the header that hold nothing.
      const skip = next > 0 ? 0 : found.records.findIndex((record) => !isBlank(record))
      if (skip < 0) continue
      const records = skip === 0 ? found.records : found.records.slice(skip)
      const first = next
      for (const [index, record] of records.entries()) {
        checkRecord(record, { row: next, bytes: found.sizes[skip + index] ?? 0, limits })
        next++
      }
      yield { first, records }
    }
  } catch (error) {
    throw placed(error, next)
  }
  if (next === 0) throw fatal('file.empty', 'The file is empty. Export it again, with a header line and the rows below it.')
}

/** Takes plain records itself, and leaves the rest of the file to csv-parse from the first one that is not. */
async function* scanned(pieces: AsyncIterable<string>, options: ReaderOptions): AsyncGenerator<Found, void, void> {
  const source = pieces[Symbol.asyncIterator]()
  let rest = ''
  try {
    for (let final = false; !final; ) {
      const piece = await source.next()
      final = piece.done === true
      const text = piece.done === true ? rest : rest + piece.value
      const { records, ends, irregular } = scanCsv(text, options.csv, { final })
      if (records.length > 0) yield { records, sizes: sizesOf(text, ends) }
      rest = text.slice(ends.at(-1) ?? 0)
      if (irregular) return yield* parsed(following(rest, source), options)
      options.onPending(Buffer.byteLength(rest))
    }
  } finally {
    // Also when the reader stops before the end.
    await source.return?.()
  }
}

async function* parsed(pieces: AsyncIterable<string>, { csv, onPending, row }: ReaderOptions): AsyncGenerator<Found, void, void> {
  let found: Found = { records: [], sizes: [] }
  let fed = 0
  let taken = 0
  const parser = parse({
    delimiter: csv.delimiter,
    quote: csv.quote,
    escape: csv.quote,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    // Records are taken here, in the call that feeds them, so that none waits in the stream.
    on_record: (record: string[], { bytes }) => {
      found.records.push(record)
      found.sizes.push(bytes - taken)
      taken = bytes
      return null
    },
  })
  let failure: Error | undefined
  parser.on('error', (error) => {
    failure = error
  })
  const drain = () => {
    const drained = found
    found = { records: [], sizes: [] }
    return drained
  }
  const feed = (piece: string) => new Promise((resolve) => parser.write(piece, resolve))
  try {
    for await (const piece of pieces) {
      fed += Buffer.byteLength(piece)
      await feed(piece)
      yield drain()
      if (failure !== undefined) throw failure
      onPending(fed - taken)
    }
  } catch (error) {
    // Without a look ahead the line end before a fault would not count.
    await feed(' '.repeat(lookAhead))
    yield drain()
    throw error
  }
  parser.end()
  await once(parser, 'finish').catch(() => {})
  yield drain()
  if (failure instanceof CsvError && failure.code === 'CSV_QUOTE_NOT_CLOSED') {
    const message = `${rowName(row())} opens a quotation mark (${csv.quote}) that is never closed. Close it, or write it twice if it belongs to the cell.`
    throw fatal('csv.quote_not_closed', message, { row: row() })
  }
  if (failure !== undefined) throw failure
}

async function* following(first: string, rest: AsyncIterator<string>): AsyncGenerator<string, void, void> {
  yield first
  for (let piece = await rest.next(); piece.done !== true; piece = await rest.next()) yield piece.value
}

function sizesOf(text: string, ends: readonly number[]): number[] {
  const plain = Buffer.byteLength(text) === text.length
  return ends.map((end, index) => {
    const start = ends[index - 1] ?? 0
    return plain ? end - start : Buffer.byteLength(text.slice(start, end))
  })
}

function checkRecord(record: readonly string[], { row, bytes, limits }: { row: number; bytes: number; limits: CsvLimits }): void {
  if (bytes > limits.recordBytes) throw recordTooLarge(row, limits)
  if (record.length > limits.columns) {
    const message = `${rowName(row)} has ${record.length} cells; ${limits.columns} are allowed. Check the delimiter.`
    throw fatal('csv.too_many_columns', message, { row })
  }
  if (bytes > limits.cellBytes && record.some((cell) => Buffer.byteLength(cell) > limits.cellBytes)) {
    throw fatal('csv.cell_too_large', `${rowName(row)} has a cell of more than ${limits.cellBytes} bytes. Shorten it.`, { row })
  }
  if (row > limits.rows) {
    throw fatal('csv.too_many_rows', `The file has more than ${limits.rows} rows. Divide it and send the parts.`, { row })
  }
}

function recordTooLarge(row: number, limits: CsvLimits) {
  const message = `${rowName(row)} is longer than the ${limits.recordBytes} bytes allowed. Look for a quotation mark that is never closed.`
  return fatal('csv.record_too_large', message, { row })
}

/** A fault of the text is in the row that was being read. */
function placed(error: unknown, row: number): unknown {
  const found = asFatal(error)
  return found === undefined || found.row !== undefined ? error : fatal(found.code, `${rowName(row)}: ${found.message}`, { row })
}

/** Whether a record holds nothing: a blank line, or one of delimiters alone as spreadsheets leave below the last row. */
export function isBlank(record: readonly string[]): boolean {
  return record.every((cell) => cell === '' || cell.trim() === '')
}
