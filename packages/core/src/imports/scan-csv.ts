/** How a CSV file is written. */
export type CsvDialect = { delimiter: string; quote: string }

/** Records that were found at the beginning of a text. */
export type Scan = {
  records: string[][]
  /** Where each record ends, behind its line end. */
  ends: number[]
  /** The next record is not plain: the full parser has to read it, and what follows. */
  irregular: boolean
}

const carriageReturn = 13
const lineFeed = 10
const unfinished = -1
const notPlain = -2

/**
 * Takes the plain records at the beginning of a text: lines that end with LF or CRLF, of cells that are quoted as a
 * whole or do not begin with a quote. What is not plain, a lone carriage return or text behind a closing quote, is left
 * alone, as is a record that may go on in the next text.
 *
 * It decides nothing that csv-parse would decide otherwise, and exists because it takes a fraction of its time.
 */
export function scanCsv(text: string, dialect: CsvDialect, options: { final: boolean }): Scan {
  const { delimiter, quote } = dialect
  const { final } = options
  const records: string[][] = []
  const ends: number[] = []
  let nextQuote = text.indexOf(quote)
  let nextReturn = text.indexOf('\r')

  for (let at = 0; at < text.length; ) {
    let lineEnd = text.indexOf('\n', at)
    if (lineEnd < 0) {
      // A lone carriage return may end records here, and nothing else might ever.
      if (!final) return { records, ends, irregular: text.slice(at, -1).includes('\r') }
      lineEnd = text.length
    }
    if (nextQuote >= 0 && nextQuote < at) nextQuote = text.indexOf(quote, at)
    if (nextQuote >= 0 && nextQuote < lineEnd) {
      const record: string[] = []
      const end = quotedRecord(text, { at, lineEnd, dialect, final, record })
      if (end === unfinished) break
      if (end === notPlain) return { records, ends, irregular: true }
      records.push(record)
      at = end
    } else {
      if (nextReturn >= 0 && nextReturn < at) nextReturn = text.indexOf('\r', at)
      let end = lineEnd
      if (nextReturn >= 0 && nextReturn < lineEnd) {
        if (nextReturn !== lineEnd - 1 || lineEnd === text.length) return { records, ends, irregular: true }
        end = nextReturn
      }
      records.push(text.slice(at, end).split(delimiter))
      at = lineEnd === text.length ? lineEnd : lineEnd + 1
    }
    ends.push(at)
  }
  return { records, ends, irregular: false }
}

/** Takes a record with a quote in its first line. Returns where it ends, or why it cannot be taken. */
function quotedRecord(text: string, line: { at: number; lineEnd: number; dialect: CsvDialect; final: boolean; record: string[] }): number {
  const { delimiter, quote } = line.dialect
  const quoteCode = quote.charCodeAt(0)
  const delimiterCode = delimiter.charCodeAt(0)
  let { at, lineEnd } = line
  for (;;) {
    if (text.charCodeAt(at) !== quoteCode) {
      // The cells up to the next one that begins with a quote, at once.
      let opening = text.indexOf(quote, at)
      while (opening >= 0 && opening < lineEnd && text.charCodeAt(opening - 1) !== delimiterCode) opening = text.indexOf(quote, opening + 1)
      const last = opening < 0 || opening >= lineEnd
      const to = last ? lineEnd : opening - 1
      const cells = text.slice(at, to)
      const lone = cells.indexOf('\r')
      const returned = last && lone >= 0 && lone === cells.length - 1 && lineEnd < text.length
      if (lone >= 0 && !returned) return notPlain
      for (const cell of (returned ? cells.slice(0, -1) : cells).split(delimiter)) line.record.push(cell)
      if (last) return lineEnd === text.length ? lineEnd : lineEnd + 1
      at = opening
    }
    let closing = text.indexOf(quote, at + 1)
    let doubled = false
    while (closing >= 0 && text.charCodeAt(closing + 1) === quoteCode) {
      doubled = true
      closing = text.indexOf(quote, closing + 2)
    }
    if (closing < 0) return line.final ? notPlain : unfinished
    const cell = text.slice(at + 1, closing)
    line.record.push(doubled ? cell.replaceAll(quote + quote, quote) : cell)
    at = closing + 1
    if (at === text.length) return line.final ? at : unfinished
    const next = text.charCodeAt(at)
    if (next === lineFeed) return at + 1
    if (next === carriageReturn && text.charCodeAt(at + 1) === lineFeed) return at + 2
    if (next !== delimiterCode) return next === carriageReturn && at + 1 === text.length && !line.final ? unfinished : notPlain
    at++
    if (lineEnd < at) lineEnd = text.indexOf('\n', at)
    if (lineEnd < 0) {
      if (!line.final) return unfinished
      lineEnd = text.length
    }
  }
}
