import type { CsvDialect } from './scan-csv.ts'

/** Bytes of a result file that are handed on at once, about. */
const blockLength = 64 * 1024

/** Writes lines of cells, null for an empty one; what `readCsv` reads back is the same. */
export function csvWriter({
  delimiter,
  quote,
  lineEnd = '\n',
}: CsvDialect & { lineEnd?: '\n' | '\r\n' }): (cells: readonly (string | null)[]) => string {
  const special = new RegExp(`[${delimiter === '\t' ? '\\t' : delimiter}${quote}\\r\\n]`)
  const written = (cell: string | null) => {
    if (cell === null || cell === '') return ''
    return special.test(cell) ? quote + cell.replaceAll(quote, quote + quote) + quote : cell
  }
  return (cells) => `${cells.map(written).join(delimiter)}${lineEnd}`
}

/**
 * Keeps our own words from being read as a formula by a spreadsheet. A customer's cells are never changed: they go back
 * to the machine they came from.
 */
export function neutralised(text: string): string {
  return /^\s*[=+\-@＝＋－＠]/.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text
}

/** Gathers short texts into blocks of bytes. */
export async function* inBlocks(texts: AsyncIterable<string>): AsyncGenerator<Buffer, void, void> {
  let gathered = ''
  for await (const text of texts) {
    gathered += text
    if (gathered.length < blockLength) continue
    yield Buffer.from(gathered)
    gathered = ''
  }
  if (gathered !== '') yield Buffer.from(gathered)
}
