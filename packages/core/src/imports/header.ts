import { fatal } from './fatal.ts'
import type { Column, ImportFile, RowIssue } from './importer.ts'
import type { CsvDialect } from './scan-csv.ts'

/** What the header line says: where each column stands, and what it has besides. */
export type Header = Pick<ImportFile, 'positions' | 'extras'> & {
  cells: readonly string[]
  /** Positions of cells that are echoed to the sender; without the columns that we added to an earlier error file. */
  echoed: readonly number[]
  /** About the file as a whole, row 0. */
  notices: RowIssue[]
}

/** Columns that an error file has behind the sender's own; ignored when it is dropped again. */
export const reportColumns = ['Error', 'Warning'] as const

const extrasLimit = 10
const delimiters = { ',': 'comma', ';': 'semicolon', '|': 'pipe', '\t': 'tab' } as const
const quotes = ['"', "'"]

/**
 * Finds the declared columns in a header line, in any order, whatever their case and spacing, by name or alias.
 *
 * Fatal faults: `header.wrong_delimiter`, `header.wrong_quote`, `header.missing_column`, `header.duplicate_column`,
 * `header.mixed_names`.
 * Notices: `header.unknown_column` (kept), `header.column_dropped` (too many unknown ones, or without a name).
 */
export function readHeader(cells: readonly string[], { columns, csv }: { columns: readonly Column[]; csv: CsvDialect }): Header {
  const declared = declaredNames(columns)
  const ours = new Set(reportColumns.map(nameKey))
  const positions = columns.map(() => -1)
  const extras: { header: string; position: number }[] = []
  const echoed: number[] = []
  const notices: Header['notices'] = []
  const found = new Map<string, number>()

  for (const [position, cell] of cells.entries()) {
    const key = nameKey(cell)
    const index = declared.find(cell)
    if (index === undefined && ours.has(key)) continue
    echoed.push(position)
    if (key === '') {
      notices.push({
        row: 0,
        severity: 'notice',
        code: 'header.column_dropped',
        message: `The column ${position + 1} has no name; its cells were not kept.`,
      })
      continue
    }
    const same = index === undefined ? found.get(key) : positions[index]
    if (same !== undefined && same >= 0) {
      const message = `The header line has the column "${cell.trim()}" twice, at ${same + 1} and ${position + 1}. Remove one of them.`
      throw fatal('header.duplicate_column', message, { row: 0, column: cell.trim() })
    }
    found.set(key, position)
    if (index !== undefined) positions[index] = position
    else if (extras.length < extrasLimit) {
      extras.push({ header: cell.trim(), position })
      notices.push({
        row: 0,
        severity: 'notice',
        code: 'header.unknown_column',
        column: cell.trim(),
        message: 'is not a column of the template; it was kept as it is.',
      })
    } else {
      const message = `is not a column of the template, and not kept, because there are ${extrasLimit} such columns already.`
      notices.push({ row: 0, severity: 'notice', code: 'header.column_dropped', column: cell.trim(), message })
    }
  }

  const short = cells.find((cell) => declared.isShort(cell))
  const full = cells.find((cell) => declared.find(cell) !== undefined && !declared.isShort(cell))
  if (short !== undefined && full !== undefined) {
    const message = `The header line has the short name "${short.trim()}" beside the full name "${full.trim()}". Use full names only, or short names only.`
    throw fatal('header.mixed_names', message, { row: 0, column: short.trim() })
  }
  const missing = columns.filter((column, index) => column.required === true && positions[index] === -1)
  if (missing.length > 0) throw missingColumns(missing, cells, { declared, csv })
  return { cells, positions, extras, echoed, notices }
}

/** The names by which the columns can be called: full ones and aliases whatever their case, short ones exactly. */
type DeclaredNames = { find(name: string): number | undefined; isShort(name: string): boolean }

function declaredNames(columns: readonly Column[]): DeclaredNames {
  const full = new Map(columns.flatMap((column, index) => [column.header, ...(column.aliases ?? [])].map((name) => [nameKey(name), index])))
  const short = new Map(columns.flatMap(({ shorthand }, index) => (shorthand === undefined ? [] : [[shorthand, index]])))
  return {
    find: (name) => full.get(nameKey(name)) ?? short.get(name.trim()),
    isShort: (name) => short.has(name.trim()),
  }
}

/** A header is unlikely to miss most of its columns: rather, it is not written the way the client says. */
function missingColumns(missing: readonly Column[], cells: readonly string[], file: { declared: DeclaredNames; csv: CsvDialect }) {
  const { declared, csv } = file
  const known = (names: readonly string[]) => names.filter((name) => declared.find(name) !== undefined).length
  const line = cells.join(csv.delimiter)
  for (const [delimiter, name] of Object.entries(delimiters)) {
    if (delimiter === csv.delimiter) continue
    const names = line.split(delimiter).map(unquoted)
    if (known(names) <= known(cells) || known(names) < 2) continue
    const expected = delimiters[csv.delimiter as keyof typeof delimiters]
    const message = `The columns are separated by ${name}, where ${expected} is expected. Change the delimiter of the FTP client, or export with ${expected}.`
    return fatal('header.wrong_delimiter', message, { row: 0, value: delimiter })
  }
  if (known(cells.map(unquoted)) > known(cells)) {
    const message = `The column names stand in other quotation marks than ${csv.quote}, which is expected. Change the mark of the FTP client, or export with it.`
    return fatal('header.wrong_quote', message, { row: 0 })
  }
  const names = missing.map((column) => `"${column.header}"`).join(', ')
  const message = `The header line lacks the column${missing.length === 1 ? '' : 's'} ${names}. Add what is missing, spelled as in the template.`
  return fatal('header.missing_column', message, { row: 0, column: missing[0]?.header })
}

function unquoted(name: string): string {
  const trimmed = name.trim()
  return quotes.some((quote) => trimmed.length > 1 && trimmed.startsWith(quote) && trimmed.endsWith(quote)) ? trimmed.slice(1, -1) : trimmed
}

/** What names of columns are compared by. */
export function nameKey(name: string): string {
  return name
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, ' ')
}
