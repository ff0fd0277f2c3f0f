import type { Database } from '@drayage/db/connect'
import type { ExportKind } from '@drayage/db/vocabulary'

/**
 * The seam for files that go the other way: what a product passes on of what was recorded here. A record goes into one
 * file, of one client.
 */
export type ProductExports = {
  /** What the settings of a client say of them. */
  of(settings: Readonly<Record<string, unknown>>): ClientExports
  kinds: readonly RecordExport[]
}

export type ClientExports = {
  /** Whether the client is one that they may go to. */
  wanted: boolean
  /** The time of day in the client's time zone, HH:MM. */
  time: string
}

/** One kind of file: RFC 4180, UTF-8, with a header line. */
export type RecordExport = {
  kind: ExportKind
  /** Below the product's own, without leading slash. */
  folder: string
  headings: readonly string[]
  /** Lines of the records of a file, some at a time, the same each time. Cells are null where nothing is to be told. */
  lines(db: Database, file: { workspaceId: string; exportId: string }): AsyncIterable<readonly ExportLine[]>
}

export type ExportLine = readonly (string | null)[]
