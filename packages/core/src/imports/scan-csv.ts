/** How a CSV file is written. */
export type CsvDialect = { delimiter: string; quote: string }

/** Unless a client says otherwise. */
export const plainCsv: CsvDialect = { delimiter: ',', quote: '"' }

/** Records that were found at the beginning of a text. */
export type Scan = {
  records: string[][]
  /** Where each record ends, behind its line end. */
  ends: number[]
  /** The next record is not plain: the full parser has to read it, and what follows. */
  irregular: boolean
}

const lineFeed = 10
const carriageReturn = 13
const endOfText = -1

/**
 * Takes the plain records at the beginning of a text: lines that end with LF or CRLF, of cells that are quoted as a
 * whole or do not begin with a quote. What is not plain, a lone carriage return or text behind a closing quote, is left
 * alone, as is a record that may go on in the next text.
 *
 * It decides nothing that csv-parse would decide otherwise, and exists because it takes a fraction of its time.
 */
export function scanCsv(text: string, dialect: CsvDialect, options: { final: boolean }): Scan {
  const { quote } = dialect
  const delimiterCode = dialect.delimiter.charCodeAt(0)
  const quoteCode = quote.charCodeAt(0)
  const codeAt = (at: number) => (at < text.length ? text.charCodeAt(at) : endOfText)
  const scan: Scan = { records: [], ends: [], irregular: false }
  let width = 0

  for (let at = 0; at < text.length; ) {
    // Most records are as wide as the one before.
    const record: string[] = new Array<string>(width)
    let cells = 0
    for (;;) {
      const start = at
      let code = codeAt(at)
      if (code === quoteCode) {
        let doubled = false
        let closing = text.indexOf(quote, at + 1)
        while (closing >= 0 && codeAt(closing + 1) === quoteCode) {
          doubled = true
          closing = text.indexOf(quote, closing + 2)
        }
        if (closing < 0) return { ...scan, irregular: options.final }
        const cell = text.slice(start + 1, closing)
        record[cells++] = doubled ? cell.replaceAll(quote + quote, quote) : cell
        at = closing + 1
        code = codeAt(at)
      } else {
        while (code !== delimiterCode && code !== lineFeed && code !== carriageReturn && code !== endOfText) code = codeAt(++at)
        record[cells++] = text.slice(start, at)
      }
      if (code === delimiterCode) at++
      else if (code === lineFeed) {
        at++
        break
      } else if (code === endOfText) {
        if (!options.final) return scan
        break
      } else if (code === carriageReturn && codeAt(at + 1) === lineFeed) {
        at += 2
        break
      } else {
        const mayEnd = code === carriageReturn && at + 1 === text.length && !options.final
        return { ...scan, irregular: !mayEnd }
      }
    }
    record.length = cells
    width = cells
    scan.records.push(record)
    scan.ends.push(at)
  }
  return scan
}
