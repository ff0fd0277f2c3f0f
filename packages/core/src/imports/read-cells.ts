import type { Severity } from '@drayage/db/vocabulary'
import type { ReadCell, Say } from './cells.ts'
import type { Report, Row, RowIssue } from './importer.ts'

/** A declared column as a file has it. */
export type FileColumn = {
  header: string
  /** Codes of its findings begin with it. */
  field: string
  help: string
  /** An empty cell is an error. */
  needed?: boolean
  /** An empty cell is worth a notice. */
  recommended?: boolean
  /** In a record; -1 where the file has no such column. */
  position: number
  read: ReadCell
}

/** Cells as COPY text, in the order of their columns: '' for an empty one, undefined for a wrong one. */
export type Cells = (string | undefined)[]

/** Reads the cells of some columns from a row. They are good until the next row is read. */
export function cellsReader(columns: readonly FileColumn[]): (row: Row, report: Report) => Cells {
  // Made once: a closure or an array for each of millions of rows is most of what judging them would cost.
  const cells: Cells = columns.map(() => '')
  let number = 0
  let value = ''
  let header = ''
  let tell: Report = () => {}
  const say: Say = (severity, code, message) => void tell({ row: number, column: header, severity, code, message, value })

  return (row, report) => {
    number = row.number
    tell = report
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index] as FileColumn
      value = row.cells[column.position] ?? ''
      header = column.header
      let cell = value === '' ? '' : column.read(value, say)
      if (cell === '' && column.needed) cell = say('error', `${column.field}.missing`, `is empty. Write it: ${column.help}.`)
      if (cell === '' && column.recommended && column.position >= 0)
        say('notice', `${column.field}.blank`, `is empty; people look for it. ${column.help}.`)
      cells[index] = cell
    }
    return cells
  }
}

/** Makes findings of a rule over cells that were read: they name the column of the rule's field, and its cell. */
export function issueMaker(columns: readonly Pick<FileColumn, 'header' | 'field' | 'position'>[]) {
  const byField = new Map(columns.map((column) => [column.field, column]))
  return (rule: { code: string; severity: Severity; field: string }, row: Row, message: string): RowIssue => {
    const { header, position = -1 } = byField.get(rule.field) ?? {}
    const value = row.cells[position] || undefined
    return { row: row.number, column: header, severity: rule.severity, code: rule.code, message, value }
  }
}
