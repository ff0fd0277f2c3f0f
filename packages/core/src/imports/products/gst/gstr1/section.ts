import type { ReadCell } from '../../../cells.ts'
import type { Column, FileForm } from '../../../importer.ts'

/** Whose return it is, and for when. */
export type Filer = {
  gstin: string
  /** The two digits that begin the GSTIN; '' for a unit in a special economic zone, whose supplies always leave the state. */
  state: string
  /** First day of the return period, YYYY-MM-DD. */
  period: string
  /** The tax network's test registrations do not have right check characters. */
  checkDigits: boolean
  /** In a workbook a day is a number that is shown as DD-MM-YYYY; in text the tax network takes names of months only. */
  days: 'as_text' | 'as_cells'
}

/** What stands in a row, by key of the return: an empty or wrong cell is not there. Dates are YYYY-MM-DD. */
export type Cells = Record<string, string | number>

/** What kind of thing stands in a column: `numeric` ones become numbers, `date` ones are written DD-MM-YYYY. Codes begin with the noun. */
export type SectionCell = { type: string; reader(noun: string, filer: Filer): ReadCell }

/** A column of a section. */
export type SectionColumn = Column & {
  /** Its key in the return. */
  field: string
  kind: SectionCell
  /** An empty cell is an error. */
  needed?: true
  /** What an empty cell stands for. */
  otherwise?: string | number
  /** Rows of which the cell is not looked at, told by the cells before it, or whole returns. */
  ignored?(cells: Cells, filer: Filer): boolean
}

/** A rule over cells that were read well. Findings name the column of `field`, and its cell. */
export type SectionRule = {
  code: string
  severity: 'error' | 'warning'
  field: string
  broken(cells: Cells, filer: Filer): boolean
  message(cells: Cells, filer: Filer): string
}

/** What is reckoned from a row, such as its tax. */
export type Reckoning = (cells: Cells, filer: Filer) => Cells

/**
 * A section of GSTR-1: how its files look, and how its rows stand in the return. Declared once; everything else reads it.
 *
 * Keys of cells, here, are told by their fields, without regard to case.
 */
export type Section = Omit<FileForm, 'columns'> & {
  columns: readonly SectionColumn[]
  /** Tables of the return it fills, as the form numbers them. */
  table: string
  /** First day of the first period it is for, and of the first it is not for any more. */
  from?: string
  until?: string
  rules: readonly SectionRule[]
  reckoned: readonly Reckoning[]
  /** Rows that stand or fall together: an invoice by its number alone, so that none is imported without its line. */
  together: readonly string[]
  /** What a later file brings anew as a whole: an invoice, a note, a line of a summary. */
  unit: readonly string[]
  /** Rows of a unit that say the same thing twice, and which of them counts; without it, all do. */
  repeated?: { by: readonly string[]; counts: 'first' | 'last' }
  /** Rows that must agree on some cells: those of one unit, or all that stand together in the return. */
  agree?: { rows: 'unit_key' | 'outer_key'; on: readonly string[] }
  /** An amendment: within whose rows an original number may have one revised number. */
  amends?: { original: string; revised: string; within: readonly string[] }
  /** Which rows stand together in the return, from the outside inwards. */
  groups: readonly (readonly string[])[]
  /** Keys of the return in their order, one list for each group and one for a row. See `return-json`. */
  keys: readonly (readonly string[])[]
}

/** Fields of a row as text to compare: capitals, joined. Of what could not be read, nothing. */
export function keyOf(cells: Cells, fields: readonly string[]): string {
  return fields
    .map((field) => cells[field] ?? '')
    .join('|')
    .toUpperCase()
}
