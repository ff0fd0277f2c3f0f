import type { Client, Database } from '@drayage/db/connect'
import type { TransferOutcome } from '@drayage/db/schema/transfers'
import type { ProductKey, Severity, TransferMode } from '@drayage/db/vocabulary'
import type { z } from 'zod'
import type { ForeignLayout } from './foreign-layout.ts'
import type { ProductExports } from './record-export.ts'

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
  /** What may be set of its FTP clients, besides what all have. Left out: anything. */
  settings?: z.ZodType
  actions: readonly Action[]
  /** What goes the other way, if anything does. */
  exports?: ProductExports
}

export type Action = {
  /** On the wire and in permissions: 'upload_sales'. */
  key: string
  /** For people: 'Sales register'. */
  title: string
  folders: ActionFolders
  /** Declared once: header map with aliases, row checks, template, documentation, report headings. In template order. */
  columns: readonly Column[]
  /** Where its files have one of several forms, and then `columns` is empty. */
  forms?: FileForms
  /** Layouts of others that are read as if they were the template's. */
  foreignLayouts?: readonly ForeignLayout[]
  /** Its files ask for something rather than bring something: the same content again is done again. */
  asks?: true
  importer: Importer
  outputs: readonly Output[]
  /**
   * Result files that tell of every file what became of it, also after a fatal fault and in test mode. They take the place
   * of the error file, where correcting rejected rows and dropping them again would not mend anything.
   */
  reports?: readonly Output[]
  /**
   * Which of the transfers that loaded the same content still counts, so that loading it again would change nothing.
   * Left out: the latest of them does, always.
   */
  stillCounts?(client: Client, same: SameContent): Promise<string | undefined>
}

/** A file whose content was loaded before, by these transfers, the latest first. */
export type SameContent = {
  workspaceId: string
  inbox: string | null
  fileName: string
  settings: Readonly<Record<string, unknown>>
  transferIds: readonly string[]
}

/** The forms of an action's files, told apart by their names. */
export type FileForms = {
  all: readonly FileForm[]
  /** The form of a file of this name. Fatal fault for a name that does not tell. */
  of(fileName: string): FileForm
}

export type FileForm = {
  /** Unique within the action; in capitals. */
  key: string
  /** For people. */
  title: string
  /** As those of an action. */
  columns: readonly Column[]
}

/** Folders below the product's own, without leading slash. Claimed, done and failed are roles; the names are the product's. */
export type ActionFolders = {
  inboxes: readonly Inbox[]
  claimed: string
  done: string
  failed: string
  /** Output kind -> folder. `upload_error` is there unless reports take its place. */
  outputs: Readonly<Record<string, string>>
}

export type Inbox = {
  folder: string
  mode: TransferMode
  /** The folders that the customer makes in it are inboxes as well. */
  subfolders?: true
}

export type Column = {
  /** As the template writes it; names are matched without regard to case and surrounding space. */
  header: string
  aliases?: readonly string[]
  /** A short name, exactly as it is written. A header line uses short names for all of its columns or for none. */
  shorthand?: string
  /** A missing required column is fatal. Whether a cell may be empty is for the row checks. */
  required?: boolean
  /** One line for the template's documentation. */
  help: string
}

/**
 * One finding about a row: data, never a fault. Row 1 is the first below the header, 0 the file itself. An `error` keeps
 * the row out, a `warning` or a `notice` does not.
 */
export type RowIssue = {
  row: number
  column?: string
  severity: Severity
  /** Stable, `noun.what_happened`. */
  code: string
  /** What is wrong and what to do about it, for an accountant. Row, column and value are put before it when it is told. */
  message: string
  value?: string
}

export type Report = (issue: RowIssue) => void

/** A row as it was read. The first below the header has number 1. */
export type Row = { number: number; cells: readonly string[] }

/** How a product judges and loads rows. Called anew for each file, so that state of one file may live in its closure. */
export type Importer = (file: ImportFile) => RowJudge

/** What a judge may know about the file. */
export type ImportFile = {
  workspaceId: string
  transferId: string
  mode: TransferMode
  /** The folder it was dropped into, as in the layout; null for a file that came by the API. */
  inbox: string | null
  fileName: string
  environment: 'sandbox' | 'production'
  /** The business date, YYYY-MM-DD, for rules about the future and the past. */
  today: string
  /** Position in a record of each declared column, in declaration order; -1 where the file has none. */
  positions: readonly number[]
  /** Headers that no column claims, with their positions: kept, 10 at most. */
  extras: readonly { header: string; position: number }[]
  settings: Readonly<Record<string, unknown>>
}

/**
 * Judges the rows of one file, in this order: `row` for each, `crossCheck` over all, `load`.
 *
 * The rows stand in the temporary table `staged_rows (row_number, <staging>)`, findings in `staged_issues`; see
 * @drayage/db/queries/staged-rows.
 */
export type RowJudge = {
  /** Columns of `staged_rows` after `row_number`, in COPY order. */
  staging: readonly { name: string; type: string }[]
  /**
   * The staging column whose rows stand or fall together: one with an error rejects all. The others get this error;
   * `%s` in its message is that row's number.
   */
  indivisible?: { column: string; code: string; message: string }
  /** Cells that a row has at least; those behind it are empty where the line ends early. All of the header's unless told. */
  shortest?: number
  /**
   * Judges one row and reports what it finds, about this row or an earlier one. Returns the staging cells as COPY text:
   * joined by tabs, empty for none, free text through `copyText`. Of a row with an error only what cross-row rules need
   * is looked at again.
   */
  row(row: Row, report: Report): string
  /** The staging cells of a row with too few or too many cells: only what tells which rows it stands or falls with. */
  stray(row: Row): string
  /** Called once behind the last row. */
  end?(report: Report): void
  /** Cross-row rules, as SQL over the staged rows; findings go into `staged_issues`. Never a Map in memory. */
  crossCheck(client: Client): Promise<void>
  /**
   * Set-based load of `staged_rows`, which then holds accepted rows only. Runs last, under the product's lock; never in
   * test mode, nor when no row was accepted. It may add warnings to `staged_issues`. Returns the result files of the
   * transfer.
   */
  load(client: Client): Promise<readonly (string | OutputFile)[]>
}

/**
 * A result file of a kind, where the kind alone does not say it: one of several, or one with a name of its own.
 * `part` counts from 1.
 */
export type OutputFile = { kind: string; part: number; stem: string }

/** A result file. The error file is the same for all and not declared. */
export type Output = {
  kind: string
  /** With its dot. */
  extension: string
} & (OutputTable | OutputText)

type OutputTable = {
  headings: readonly string[]
  /** Headings of cells that hold our own words, not the customer's: kept from being read as formulas. */
  ownWords: readonly string[]
  /** Lines of what this transfer did, from the database, some at a time. A file with no lines is not written. */
  lines(db: Database, file: OutputOf): AsyncIterable<readonly OutputLine[]>
}

/** A file that is no table: its text, from the database, the same each time. */
type OutputText = { text(db: Database, file: OutputOf): AsyncIterable<string> }

export type OutputOf = {
  workspaceId: string
  transferId: string
  part: number
  /** Of the original. */
  fileName: string
  outcome: ImportOutcome | null
}

/** Cells under the headings, null for an empty one. */
export type OutputLine = readonly (string | null)[]

/** `rows = accepted + rejected`; a fatal fault discards everything and names itself. */
export type ImportOutcome = TransferOutcome

/** The columns of a file of this name. Fatal fault where the name does not tell. */
export function columnsOf({ columns, forms }: Action, fileName: string): readonly Column[] {
  return forms === undefined ? columns : forms.of(fileName).columns
}
