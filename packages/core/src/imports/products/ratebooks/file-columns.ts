import type { ReadCell } from '../../cells.ts'
import type { RateColumn } from './columns.ts'

/** A column of the format as a file has it. */
export type FileColumn = RateColumn & {
  /** In a record; -1 where the file has no such column. */
  position: number
  read: ReadCell
}

export function fileColumns(columns: readonly RateColumn[], positions: readonly number[]): FileColumn[] {
  return columns.map((column, index) => ({ ...column, position: positions[index] ?? -1, read: column.kind.reader(column.field, {}) }))
}
