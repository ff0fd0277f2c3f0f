import type { RegisterTables } from '@drayage/db/queries/gst-documents'
import type { Severity } from '@drayage/db/vocabulary'
import type { Column } from '../../importer.ts'
import type { CellKind } from './cells.ts'
import type { CellOf, DocumentFacts, LineFacts } from './document-facts.ts'

/**
 * What tells a sales register from a purchase register. A row of either is a line of a document; reading, uniting the
 * rows of a document, totals and loading are the same for both.
 */
export type Register<Facts extends DocumentFacts = DocumentFacts, Line extends LineFacts = LineFacts> = {
  columns: readonly RegisterColumn[]
  /** Where its documents stand. */
  tables: RegisterTables
  documentFacts(cell: CellOf, file: JudgedFile): Facts
  /** Made once a file; `fields` is the order of the cells. */
  lineFactsReader(fields: readonly string[]): (cells: readonly (string | undefined)[], document: Facts) => Line
  documentRules: readonly DocumentRule<Facts>[]
  lineRules: readonly LineRule<Line, Facts>[]
}

/** A column of a template. Its field, in rules and in the database, is its header in snake case. */
export type RegisterColumn = Column & {
  field: string
  /** Whether all rows of a document must agree on it. */
  level: 'document' | 'line'
  kind: CellKind
  /** An empty cell is an error. */
  needed?: true
}

/** What a rule may know of the file. */
export type JudgedFile = {
  /** The business date, YYYY-MM-DD. */
  today: string
  /** Paise up to which a wrong tax or total is a warning and no error. */
  tolerance: number
  /** Registrations of units in special economic zones. */
  sezUnits: ReadonlySet<string>
}

/** A rule over cells that were read well. Findings name the column of `field`, and its cell. */
type Rule<Facts extends unknown[]> = {
  /** Stable. */
  code: string
  severity: Severity
  field: string
  broken(...facts: Facts): boolean
  /** What is wrong with the cell and what to do about it. */
  message(...facts: Facts): string
}
export type DocumentRule<Facts extends DocumentFacts = DocumentFacts> = Rule<[document: Facts, file: JudgedFile]>
export type LineRule<Line extends LineFacts = LineFacts, Facts extends DocumentFacts = DocumentFacts> = Rule<
  [line: Line, document: Facts, file: JudgedFile]
>

type More = Pick<RegisterColumn, 'aliases' | 'required' | 'needed'>

/** For columns that every file must have and every row must fill. */
export const always: More = { required: true, needed: true }

export function ofDocument(header: string, kind: CellKind, help: string, more: More = {}): RegisterColumn {
  return { header, field: fieldName(header), level: 'document', kind, help, ...more }
}

export function ofLine(header: string, kind: CellKind, help: string, more: More = {}): RegisterColumn {
  return { header, field: fieldName(header), level: 'line', kind, help, ...more }
}

function fieldName(header: string): string {
  return header.toLowerCase().replace(/[^a-z0-9]+/g, '_')
}
