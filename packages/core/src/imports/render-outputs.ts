import type { Database } from '@drayage/db/connect'
import { errorOutput, fatalLines, rejectedLines } from './error-file.ts'
import { type Action, columnsOf, type ImportOutcome, type Output, type OutputOf } from './importer.ts'
import { readKind } from './output-kind.ts'
import { type CsvDialect, plainCsv } from './scan-csv.ts'
import { csvWriter, inBlocks, neutralised } from './write-csv.ts'

export type RenderRequest = {
  transfer: { workspaceId: string; transferId: string }
  action: Action
  /** Of the original. */
  fileName: string
  kind: string
  /** Comma and double quote unless told otherwise. */
  csv?: CsvDialect
  outcome: ImportOutcome | null
  /** The file that was imported; needed for the error file unless the fault was fatal. */
  original?: () => AsyncIterable<Buffer>
}

/**
 * The bytes of one result file of a transfer that was imported, the same each time. No connection is held while they
 * are taken.
 */
export function renderOutput(db: Database, request: RenderRequest): AsyncIterable<Buffer> {
  const csv = request.csv ?? plainCsv
  const { transfer, action, fileName, kind, outcome, original } = request
  if (kind === errorOutput.kind) {
    if (outcome?.fatal !== undefined) return inBlocks(fatalLines(outcome.fatal, csv))
    if (original !== undefined) return inBlocks(rejectedLines(db, { transfer, columns: columnsOf(action, fileName), csv, original }))
  }
  const named = readKind(kind)
  const output = [...action.outputs, ...(action.reports ?? [])].find((each) => each.kind === named.kind)
  if (output === undefined) throw new Error(`${action.key} has no result file ${kind} for this transfer`)
  const file = { ...transfer, part: named.part, fileName, outcome }
  return inBlocks('text' in output ? output.text(db, file) : outputLines(db, { output, file, csv }))
}

async function* outputLines(
  db: Database,
  request: { output: Extract<Output, { headings: unknown }>; file: OutputOf; csv: CsvDialect },
): AsyncGenerator<string, void, void> {
  const { output, file, csv } = request
  const write = csvWriter(csv)
  const own = new Set(output.headings.flatMap((heading, position) => (output.ownWords.includes(heading) ? [position] : [])))
  yield write(output.headings)
  for await (const lines of output.lines(db, file)) {
    yield lines.map((line) => write(line.map((cell, position) => (cell !== null && own.has(position) ? neutralised(cell) : cell)))).join('')
  }
}
