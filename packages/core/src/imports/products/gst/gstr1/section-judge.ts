import type { Client } from '@drayage/db/connect'
import { copyText } from '@drayage/db/queries/copy-rows'
import { loadSection } from '@drayage/db/queries/gstr1-sections'
import type { ReadCell, Say } from '../../../cells.ts'
import { extrasOf } from '../../../extras.ts'
import { fatal } from '../../../fatal.ts'
import type { ImportFile, Report, Row, RowJudge } from '../../../importer.ts'
import { issueMaker } from '../../../read-cells.ts'
import { indianDay } from '../dates.ts'
import { checkCharacter } from '../gstin.ts'
import { readSettings } from '../settings.ts'
import { type Cells, type Filer, keyOf, type Section, type SectionColumn } from './section.ts'
import { checkCodes, checkSection } from './section-checks.ts'
import { readSectionName } from './section-name.ts'
import { rateStands } from './section-rules.ts'

type FileColumn = SectionColumn & { position: number; noun: string; read: ReadCell }

/** What was read of a row: its cells, and the fields of those that are wrong. */
type ReadRow = { cells: Cells; wrong: ReadonlySet<string> }

const staging = [
  { name: 'together_key', type: 'text' },
  { name: 'unit_key', type: 'text' },
  { name: 'repeat_key', type: 'text' },
  { name: 'outer_key', type: 'text' },
  { name: 'inner_key', type: 'text' },
  { name: 'cells', type: 'jsonb' }, // null for a wrong row
  { name: 'extras', type: 'jsonb' },
]

const outdated = {
  code: 'section.outdated',
  message: 'A file that came after this one brought the section already. That one counts; this one was kept beside it.',
}

/**
 * Judges the rows of a section's file by what the section declares. Fatal faults besides those of the file's name:
 * `file_name.gstin_check_digit`.
 */
export function judgeSection(file: ImportFile): RowJudge {
  const { gstin, period, section } = readSectionName(file.fileName)
  const settings = readSettings(file.settings)
  const filer: Filer = {
    gstin,
    state: settings.sezUnits.has(gstin) ? '' : gstin.slice(0, 2),
    period,
    checkDigits: file.environment === 'production',
    days: /\.xlsx$/i.test(file.fileName) ? 'as_cells' : 'as_text',
  }
  if (filer.checkDigits && gstin.charAt(14) !== checkCharacter(gstin)) {
    const message = `The name begins with ${gstin}, whose last character does not fit the others, so one of them is mistyped. Compare it with the registration certificate.`
    throw fatal('file_name.gstin_check_digit', message, { value: gstin })
  }
  const columns = fileColumns(section, { file, filer })
  const issue = issueMaker(columns)
  return {
    staging,
    // Filers leave out the delimiters behind the last cell they fill.
    shortest: Math.max(...columns.flatMap(({ needed, position }) => (needed ? [position + 1] : []))),
    indivisible: {
      column: 'together_key',
      code: 'document.has_rejected_row',
      message: 'The row is right, but row %s, which belongs with it, is not. Correct that row and send both again.',
    },
    row: (row, report) => {
      let isWrong = false
      const found: Report = (issue) => {
        if (issue.severity === 'error') isWrong = true
        report(issue)
      }
      const read = readRow(row, columns, { filer, report: found })
      checkRules(row, read, { section, issue, filer, report: found })
      if (isWrong) return `${wrongRowKeys(section, read, row)}\t`
      const cells = Object.assign(read.cells, ...section.reckoned.map((reckon) => reckon(read.cells, filer)))
      const { unit, repeated, groups } = section
      const repeat = repeated === undefined ? `row ${row.number}` : keyOf(cells, [...unit, ...repeated.by])
      const [outer = [], inner = []] = groups
      const keys = [keyOf(cells, section.together), keyOf(cells, unit), repeat, keyOf(cells, outer), keyOf(cells, inner)]
      return [...keys.map(copyText), copyText(JSON.stringify(written(cells, columns))), extrasOf(file, row)].join('\t')
    },
    stray: (row) => `${wrongRowKeys(section, readRow(row, columns, { filer, report: () => {} }), row)}\t`,
    crossCheck: async (client: Client) => {
      await checkSection(client, section)
      if (!settings.ignoreHsnValidation) await checkCodes(client, section)
    },
    load: async (client) => {
      const { workspaceId, transferId } = file
      const counts = section.repeated?.counts ?? 'last'
      await loadSection(client, { workspaceId, transferId, gstin, period, section: section.key, counts, outdated })
      return ['success']
    },
  }
}

function fileColumns(section: Section, { file, filer }: { file: ImportFile; filer: Filer }): FileColumn[] {
  return section.columns.map((column, index) => {
    const noun = column.header.toLowerCase().replace(/[^a-z0-9]+/g, '_')
    return { ...column, noun, position: file.positions[index] ?? -1, read: column.kind.reader(noun, filer) }
  })
}

function readRow(row: Row, columns: readonly FileColumn[], { filer, report }: { filer: Filer; report: Report }): ReadRow {
  const cells: Cells = {}
  const wrong = new Set<string>()
  for (const column of columns) {
    const { field, header, noun, kind, read, otherwise, help } = column
    if (column.ignored?.(cells, filer)) continue
    const value = row.cells[column.position] ?? ''
    const say: Say = (severity, code, message) => {
      if (severity === 'error') wrong.add(field)
      report({ row: row.number, column: header, severity, code, message, value })
    }
    const cell = value.trim() === '' ? '' : read(value, say)
    if (cell !== undefined && cell !== '') cells[field] = kind.type === 'numeric' ? Number(cell) : cell
    else if (value.trim() === '' && column.needed) say('error', `${noun}.missing`, `is empty. Write it: ${help}.`)
    else if (cell === '' && otherwise !== undefined) cells[field] = otherwise
  }
  return { cells, wrong }
}

function checkRules(
  row: Row,
  { cells, wrong }: ReadRow,
  file: { section: Section; issue: ReturnType<typeof issueMaker>; filer: Filer; report: Report },
): void {
  for (const { code, severity, field, broken, message } of [...file.section.rules, rateStands]) {
    if (wrong.has(field) || !broken(cells, file.filer)) continue
    file.report(file.issue({ code, severity, field }, row, message(cells, file.filer)))
  }
}

/** A wrong row stands with those that say the same as far as it can be read. One that says nothing stands alone. */
function wrongRowKeys(section: Section, { cells, wrong }: ReadRow, row: Row): string {
  const known = section.together.every((field) => !wrong.has(field))
  const together = known ? keyOf(cells, section.together) : `row ${row.number}`
  return `${copyText(together)}${'\t'.repeat(staging.length - 2)}`
}

/** Cells as the return writes them: days in the Indian order, and of a share only that which is not the whole. */
function written(cells: Cells, columns: readonly FileColumn[]): Cells {
  for (const { field, kind } of columns) {
    if (kind.type === 'date' && cells[field] !== undefined) cells[field] = indianDay(String(cells[field]))
  }
  if (cells.diff_percent === 1) delete cells.diff_percent
  return cells
}
