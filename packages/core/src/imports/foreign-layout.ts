import { nameKey } from './header.ts'
import type { RowIssue } from './importer.ts'

/** How somebody else writes what we ask for: files of this layout are read as if they were of ours. */
export type ForeignLayout = {
  /** For people: whose it is. */
  title: string
  /** Headings that together tell it from all others, the template's own above all. */
  knownBy: readonly string[]
  columns: readonly ForeignColumn[]
}

/** One column of the template, made of cells of the foreign one. */
export type ForeignColumn = {
  /** The template's header. */
  header: string
  /** Foreign headings; where one is missing its cell is empty. */
  of: readonly string[]
  /** A cell that cannot be converted is handed on as it is, so that the finding shows it. The first one if not given. */
  read?(...cells: string[]): string
}

/** A file's way from a foreign layout to the template. */
export type Translation = {
  headings: readonly string[]
  /** Tells whoever reads the findings why they name other columns than the file's. */
  notice: RowIssue
  translate(cells: readonly string[]): string[]
}

/** The layout that a header line is of; undefined for the template's own, and for one that nobody knows. */
export function translationOf(layouts: readonly ForeignLayout[], header: readonly string[]): Translation | undefined {
  const keys = header.map(nameKey)
  const layout = layouts.find(({ knownBy }) => knownBy.every((heading) => keys.includes(nameKey(heading))))
  if (layout === undefined) return undefined
  const columns = layout.columns.map(({ header, of, read = first }) => ({
    header,
    positions: of.map((heading) => keys.indexOf(nameKey(heading))),
    read,
  }))
  const message = `The file is laid out as ${layout.title} sends it; findings name the columns of the agreed format that its columns were read as.`
  return {
    notice: { row: 0, severity: 'notice', code: 'header.translated', message },
    headings: columns.map(({ header }) => header),
    translate: (cells) => columns.map(({ positions, read }) => read(...positions.map((position) => cells[position]?.trim() ?? ''))),
  }
}

function first(cell = ''): string {
  return cell
}
