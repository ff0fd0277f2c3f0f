import type { Database } from '@drayage/db/connect'
import type { TestDatabase } from '@drayage/db/testing'
import { newId } from '../id.ts'
import type { ImportOutcome, Product, RowIssue } from '../imports/importer.ts'
import type { CsvLimits } from '../imports/read-csv.ts'
import { beginRecords } from '../imports/read-records.ts'
import { renderOutput } from '../imports/render-outputs.ts'
import { type ImportRequest, type PlannedOutput, runImport } from '../imports/run-import.ts'
import { plainCsv } from '../imports/scan-csv.ts'

/** A workspace with a licence, into which a test imports files of one action without a server. */
export type ImportDesk = {
  db: Database
  workspaceId: string
  /** Imports one file as a transfer of its own, later than all before unless told its id. */
  take(file: string | Buffer, options?: TakeOptions): Promise<Taken>
  /** Renders a result file of an earlier transfer again. */
  render(taken: Taken, kind: string): Promise<string>
}

export type TakeOptions = Partial<Pick<ImportRequest, 'csv' | 'environment' | 'settings' | 'issueLimit' | 'duplicates'>> & {
  limits?: Partial<CsvLimits>
  mode?: 'live' | 'test'
  inbox?: string
  fileName?: string
  transferId?: string
  sha256?: string
}

export type Taken = {
  transferId: string
  outcome: ImportOutcome
  loaded: boolean
  issues: RowIssue[]
  /** Result files by kind. */
  outputs: Record<string, string>
  planned: readonly PlannedOutput[]
}

/** The business date of all imports. */
export const deskDate = new Date('2025-11-15T06:30:00Z')

export async function importDesk(
  database: TestDatabase,
  { product, action: key, workspaceId: existing }: { product: Product; action: string; workspaceId?: string },
): Promise<ImportDesk> {
  const db = database.as('drayage_worker')
  const workspaceId = existing ?? newId()
  const action = product.actions.find((each) => each.key === key) ?? product.actions[0]
  if (action === undefined) throw new Error(`${product.key} has no actions`)
  await database.owner.query('insert into workspaces (id, name) values ($1, $2) on conflict do nothing', [workspaceId, 'Test'])
  await database.owner.query(
    "insert into licences (workspace_id, product, valid_until) values ($1, $2, '2099-01-01') on conflict do nothing",
    [workspaceId, product.key],
  )

  const take = async (file: string | Buffer, options: TakeOptions = {}): Promise<Taken> => {
    const {
      mode = 'live',
      inbox = null,
      fileName = 'register.csv',
      transferId = newId(),
      sha256 = newId(),
      duplicates = 'skip',
      limits,
      ...more
    } = options
    const bytes = Buffer.from(file)
    const original = async function* () {
      yield bytes
    }
    const transfer = { workspaceId, id: transferId, ftpClientId: null, mode, inbox, fileName, sha256 }
    await database.owner.query(
      `insert into transfers (workspace_id, id, product, action, mode, file_name, path, state, sha256) values ($1, $2, $3, $4, $5, $6, $6, 'fetched', $7)`,
      [workspaceId, transferId, product.key, action.key, mode, fileName, sha256],
    )
    await using records = await beginRecords(original(), { csv: options.csv ?? plainCsv, ...(limits && { limits }) })
    const { outcome, loaded, outputs } = await db.inWorkspace(workspaceId, async (transaction) => {
      const result = await runImport({
        transaction,
        transfer,
        product: product.key,
        action,
        settings: {},
        environment: 'production',
        now: deskDate,
        duplicates,
        records: records.batches,
        ...more,
      })
      await transaction.client.query('update transfers set loaded = $3, outcome = $4 where workspace_id = $1 and id = $2', [
        workspaceId,
        transferId,
        result.loaded,
        result.outcome,
      ])
      return result
    })
    const rendered: Record<string, string> = {}
    const transferred = { workspaceId, transferId }
    for (const { kind } of outputs) {
      rendered[kind] = await textOf(
        renderOutput(db, { transfer: transferred, action, fileName, kind, csv: options.csv, outcome, original }),
      )
    }
    const { rows: issues } = await database.owner.query<RowIssue>(
      `select row_number as row, column_name as column, severity, code, message, value from transfer_issues
       where workspace_id = $1 and transfer_id = $2 order by ordinal`,
      [workspaceId, transferId],
    )
    return { transferId, outcome, loaded, issues, outputs: rendered, planned: outputs }
  }
  return {
    db,
    workspaceId,
    take,
    render: ({ transferId, outcome }, kind) =>
      textOf(renderOutput(db, { transfer: { workspaceId, transferId }, action, fileName: 'register.csv', kind, outcome })),
  }
}

async function textOf(blocks: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(blocks)).toString()
}
