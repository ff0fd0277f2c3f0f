import { asFatal, fatal } from './fatal.ts'
import { type CsvBatch, csvLimits, type ReadCsvOptions, readCsv } from './read-csv.ts'
import { spooled } from './spool.ts'
import { openZipParts, type ZipFaults, type ZipLimits, type ZipParts } from './zip-parts.ts'

export type ReadArchiveOptions = ReadCsvOptions & { limits?: Partial<ZipLimits> }

/** `inflatedBytes` is of all files together, and as much as one CSV file may have unless told otherwise. */
export const archiveLimits: ZipLimits = { parts: 1000, inflatedBytes: csvLimits.fileBytes, ratio: 200 }

/** What a program or a system adds that nobody sees. */
const unseen = /(^|\/)(__MACOSX\/|\.)|\/$/
const readable = /\.(csv|txt|tsv)$/i

/**
 * The CSV files in a ZIP file as the records of one: in the order of their names, under one header line that all of them
 * have. Rows are counted through all files. Names are told and compared, and lead nowhere.
 *
 * The file is copied to a nameless temporary one; memory does not grow with it. Faults are fatal: `file.too_large`,
 * `zip.corrupt`, `zip.encrypted`, `zip.too_many_files`, `zip.inflates_too_much`, `zip.empty`, `zip.unexpected_file`,
 * `zip.headers_differ`, and those of `readCsv`, which name the file.
 */
export async function* readArchive(source: AsyncIterable<Buffer>, options: ReadArchiveOptions): AsyncGenerator<CsvBatch, void, void> {
  const limits = { ...csvLimits, ...archiveLimits, ...options.limits }
  await using file = await spooled(source, limits)
  const parts = await openZipParts(file.fd, { limits, faults })
  let header: readonly string[] | undefined
  let rows = 0
  for (const name of filesOf(parts)) {
    const before = rows
    try {
      for await (const { first, records } of readCsv(parts.read(name), {
        csv: options.csv,
        limits: { ...limits, rows: limits.rows - before },
      })) {
        rows = before + first + records.length - 1
        const [head = []] = records
        if (first > 0) yield { first: before + first, records }
        else if (header === undefined) {
          header = head.map(comparable)
          yield { first: 0, records }
        } else {
          if (head.map(comparable).join('\n') !== header.join('\n')) throw headersDiffer(name)
          if (records.length > 1) yield { first: before + 1, records: records.slice(1) }
        }
      }
    } catch (error) {
      throw placed(error, { name, before })
    }
  }
}

function filesOf({ names }: ZipParts): string[] {
  const files = names.filter((name) => !unseen.test(name)).sort()
  if (files.length === 0) throw fatal('zip.empty', 'There is no CSV file in the ZIP file. Put the files into it and send it again.')
  const other = files.find((name) => !readable.test(name))
  if (other === undefined) return files
  const message = 'The ZIP file holds something besides CSV files. Put CSV files alone into it and send it again.'
  throw fatal('zip.unexpected_file', message, { value: shown(other) })
}

function comparable(heading: string): string {
  return heading.trim().toLowerCase()
}

function headersDiffer(name: string): Error {
  const message = `${shown(name)} has another header line than the files before it. Give all files the same columns in the same order.`
  return fatal('zip.headers_differ', message, { row: 0 })
}

/** Says in which file it was, and counts its row as the rows of all files are counted. */
function placed(error: unknown, { name, before }: { name: string; before: number }): unknown {
  const fault = asFatal(error)
  if (fault === undefined || fault.code.startsWith('zip.')) return error
  const { code, message, row, column, value } = fault
  return fatal(code, `In ${shown(name)}: ${message}`, {
    ...(row !== undefined && { row: row === 0 ? 0 : before + row }),
    ...(column !== undefined && { column }),
    ...(value !== undefined && { value }),
  })
}

/** A name as it may stand in a message: what a sender made up is not long there, and holds no control characters. */
function shown(name: string): string {
  return `"${name.replace(/\p{C}/gu, '?').slice(-80)}"`
}

const faults: ZipFaults = {
  corrupt: () =>
    fatal(
      'zip.corrupt',
      'The file is a ZIP file, or a workbook, that is damaged or was cut off on its way. Make it anew and send it again.',
    ),
  encrypted: () => fatal('zip.encrypted', 'The ZIP file is protected by a password. Pack it without one and send it again.'),
  tooManyParts: (most) => fatal('zip.too_many_files', `The ZIP file holds more than ${most} files. Put them together or send several.`),
  inflatesTooMuch: () =>
    fatal('zip.inflates_too_much', 'The ZIP file unpacks to far more than it should. Send its files without packing them.'),
}
