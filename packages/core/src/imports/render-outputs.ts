import type { Database } from '@drayage/db/connect'
import { errorOutput, fatalLines, rejectedLines } from './error-file.ts'
import type { Action, ImportOutcome, Output } from './importer.ts'
import type { CsvDialect } from './scan-csv.ts'
import { csvWriter, inBlocks, neutralised } from './write-csv.ts'

export type RenderRequest = {
  transfer: { workspaceId: string; transferId: string }
  action: Action
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
  const csv = request.csv ?? { delimiter: ',', quote: '"' }
  const { transfer, action, kind, outcome, original } = request
  if (kind === errorOutput.kind) {
    if (outcome?.fatal !== undefined) return inBlocks(fatalLines(outcome.fatal, csv))
    if (original !== undefined) return inBlocks(rejectedLines(db, { transfer, action, csv, original }))
  }
  const output = action.outputs.find((each) => each.kind === kind)
  if (output === undefined) throw new Error(`${action.key} has no result file ${kind} for this transfer`)
  return inBlocks(outputLines(db, { output, transfer, csv }))
}

async function* outputLines(
  db: Database,
  request: { output: Output; transfer: RenderRequest['transfer']; csv: CsvDialect },
): AsyncGenerator<string, void, void> {
  const { output, transfer, csv } = request
  const write = csvWriter(csv)
  const own = new Set(output.headings.flatMap((heading, position) => (output.ownWords.includes(heading) ? [position] : [])))
  yield write(output.headings)
  for await (const lines of output.lines(db, transfer)) {
    yield lines.map((line) => write(line.map((cell, position) => (cell !== null && own.has(position) ? neutralised(cell) : cell)))).join('')
  }
}
