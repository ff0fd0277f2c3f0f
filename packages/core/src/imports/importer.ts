import type { Client } from '@drayage/db/connect'
import type { ProductKey, Severity, TransferMode } from '@drayage/db/vocabulary'

/**
 * The seam between Drayage and what it carries: what a product declares, and what the shared import gives it.
 *
 * A product is a folder under imports/products/ and one line in registry.ts. `importer.conformance.ts` is the
 * specification of the promises below and runs against every action.
 */
export type Product = {
  key: ProductKey
  /** For people: 'GST'. */
  title: string
  /** Whether its folders stand below `<baseDirectory>/<ROOT_FOLDER>/` or directly below the base directory. */
  below: 'root_folder' | 'base_directory'
  /** When mails about a file are sent unless the client says otherwise. */
  mailPolicy: 'problems' | 'always'
  actions: readonly Action[]
}

export type Action = {
  /** On the wire and in permissions: 'upload_sales'. */
  key: string
  /** For people: 'Sales register'. */
  title: string
  folders: ActionFolders
  /** Declared once: header map with aliases, row checks, template, documentation, report headings. In template order. */
  columns: readonly Column[]
  importer: Importer
  outputs: readonly Output[]
}

/** Folders below the product's own, without leading slash. Claimed, done and failed are roles; the names are the product's. */
export type ActionFolders = {
  inboxes: readonly { folder: string; mode: TransferMode }[]
  claimed: string
  done: string
  failed: string
  /** Output kind -> folder. `upload_error` is always there. */
  outputs: Readonly<Record<string, string>>
}

export type Column = {
  /** As the template writes it; names are matched without regard to case and surrounding space. */
  header: string
  aliases?: readonly string[]
  /** A missing required column is fatal. Whether a cell may be empty is for the row checks. */
  required?: boolean
  /** One line for the template's documentation. */
  help: string
}

/** One finding about a row: data, never a fault. Row 1 is the first below the header, 0 the file itself. */
export type RowIssue = {
  row: number
  column?: string
  severity: Severity
  code: string
  /** Names what is wrong and what to do about it. */
  message: string
  value?: string
}

/** How a product judges and loads rows. Made anew for each file, so that state of one file may live in its closure. */
export type Importer = (file: ImportFile) => RowJudge

/** What a judge may know about the file. */
export type ImportFile = {
  workspaceId: string
  transferId: string
  mode: TransferMode
  fileName: string
  environment: 'sandbox' | 'production'
  /** The business date, for rules about the future and the past. */
  today: Date
  /** Position in a record of each declared column, in declaration order; -1 where the file has none. */
  positions: readonly number[]
  /** Headers that no column claims, with their positions: kept, 10 at most. */
  extras: readonly { header: string; position: number }[]
  settings: Readonly<Record<string, unknown>>
}

export type RowJudge = {
  /** Columns of the temporary table that takes the rows, in COPY order, after the shared ones (see staged-rows.ts). */
  staging: readonly { name: string; type: string }[]
  /**
   * Judges one record. Calls `issue` for each finding; returns the staging cells in order (text as COPY takes it, null
   * for none). Of a row with an error only what cross-row rules need is looked at again.
   */
  row(record: readonly string[], issue: (finding: Omit<RowIssue, 'row'>) => void): readonly (string | null)[]
  /**
   * Cross-row rules, as SQL over the staged rows: returns statements' findings through the shared functions of
   * staged-rows.ts. Never a Map in memory.
   */
  crossCheck(client: Client): Promise<void>
  /** Set-based load of the accepted rows. Runs last, under the product's lock; never in test mode. */
  load(client: Client): Promise<void>
}

/** A result file. The error file is the same for all and not declared. */
export type Output = {
  kind: string
  extension: string
  /** Heading, then the lines of what this transfer did, from the database; a file with no lines is not written. */
  headings: readonly string[]
  lines(client: Client, transfer: { workspaceId: string; transferId: string }): AsyncIterable<readonly (string | null)[]>
}

/** `rows = accepted + rejected`; a fatal fault discards everything and names itself. */
export type ImportOutcome = {
  rows: number
  accepted: number
  rejected: number
  warnings: number
  notices: number
  fatal?: { code: string; message: string; row?: number; column?: string; value?: string }
  /** The content was imported before, by this transfer, and the client skips duplicates: nothing was done. */
  alreadyImported?: { transferId: string }
}
