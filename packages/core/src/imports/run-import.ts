import type { Transaction } from '@drayage/db/connect'
import { findLoaded, lockProduct } from '@drayage/db/queries/imports'
import { hasLicence } from '@drayage/db/queries/licences'
import { countStaged, dropRejected, spreadErrors, storeFindings } from '@drayage/db/queries/staged-rows'
import type { DuplicatePolicy, TransferMode } from '@drayage/db/vocabulary'
import { businessDate } from './business-date.ts'
import { errorOutput } from './error-file.ts'
import { asFatal, fatal } from './fatal.ts'
import type { Action, ImportOutcome, OutputFile } from './importer.ts'
import { fatalOutcome } from './outcome.ts'
import { kindOf } from './output-kind.ts'
import { productOf } from './products/registry.ts'
import type { BegunRecords } from './read-records.ts'
import { type CsvDialect, plainCsv } from './scan-csv.ts'
import { stageRows } from './stage-rows.ts'

export type ImportRequest = {
  /** The rows, the findings and the product's changes belong to it; what is to be recorded besides, the caller adds. */
  transaction: Transaction
  transfer: {
    workspaceId: string
    id: string
    ftpClientId: string | null
    mode: TransferMode
    inbox: string | null
    fileName: string
    sha256: string
  }
  product: string
  action: Action
  /** Comma and double quote unless told otherwise. */
  csv?: CsvDialect
  settings: Readonly<Record<string, unknown>>
  environment: 'sandbox' | 'production'
  now: Date
  timeZone?: string
  /** Whether content that this client sent before is imported again. */
  duplicates: DuplicatePolicy
  /** Of the original, which is read on another connection than the transaction's: that is busy taking rows, and must never stand idle. */
  records: BegunRecords['batches']
  signal?: AbortSignal
  /** Findings that are kept at most. */
  issueLimit?: number
}

export type ImportResult = {
  outcome: ImportOutcome
  /** Whether the product's data was changed. */
  loaded: boolean
  /** The result files that have lines; `stem` is the name of one that is not named after the original. */
  outputs: readonly PlannedOutput[]
}

export type PlannedOutput = { kind: string; extension: string; stem?: string }

const mostIssues = 100_000

/**
 * Imports one file: judges row by row into temporary tables, then across rows, then loads what was accepted, all or
 * nothing, under the product's lock. A fatal fault, test mode, a missing licence and known content load nothing and are
 * outcomes like others. Throws only for what has nothing to do with the file.
 *
 * Fatal besides those of `stageRows`: `product.not_licensed`, `import.unsupported_format`.
 */
export async function runImport(request: ImportRequest): Promise<ImportResult> {
  try {
    return (await known(request)) ?? (await importRows(request))
  } catch (error) {
    const fault = asFatal(error)
    if (fault === undefined) throw error
    return { outcome: fatalOutcome(fault), loaded: false, outputs: request.action.reports ?? [errorOutput] }
  }
}

async function importRows(request: ImportRequest): Promise<ImportResult> {
  const { transaction, transfer, action } = request
  const { client } = transaction
  const { workspaceId, id: transferId, mode, inbox, fileName } = transfer
  const product = productOf(request.product)
  if (!(await hasLicence(transaction, { workspaceId, product: product.key, at: request.now }))) {
    throw fatal(
      'product.not_licensed',
      `${product.title} is not licensed for this workspace. Renew the licence, then have the file imported again.`,
    )
  }
  if (!/\.(csv|txt|tsv|xlsx|zip)$/i.test(fileName)) {
    const message =
      'The file is none that can be read. Export it as CSV or XLSX, or pack CSV files into a ZIP, with a name that ends in .csv, .xlsx or .zip.'
    throw fatal('import.unsupported_format', message, { value: fileName })
  }
  const { issueLimit = mostIssues } = request
  const { judge, rows, uncountedNotices } = await stageRows({
    client,
    action,
    file: {
      workspaceId,
      transferId,
      mode,
      inbox,
      fileName,
      environment: request.environment,
      today: businessDate(request.now, request.timeZone ?? 'Asia/Kolkata'),
      settings: request.settings,
    },
    csv: request.csv ?? plainCsv,
    issueLimit,
    records: request.records,
    signal: request.signal,
  })
  await judge.crossCheck(client)
  if (judge.indivisible !== undefined) await spreadErrors(client, judge.indivisible)
  const { rejected } = await countStaged(client)
  if (rejected > 0) await dropRejected(client)
  const accepted = rows - rejected
  const loaded = accepted > 0 && mode === 'live'

  await lockProduct(client, { workspaceId, product: product.key })
  const loadedMeanwhile = await known(request)
  if (loadedMeanwhile !== undefined) return loadedMeanwhile
  const files = loaded ? await judge.load(client) : []
  await storeFindings(client, { workspaceId, transferId, limit: issueLimit })
  const { warnings, notices } = await countStaged(client)
  const outputs = [
    ...action.outputs.flatMap((output) => plannedOf(output, files)),
    ...(action.reports ?? (rejected > 0 ? [errorOutput] : [])),
  ]
  return {
    outcome: { rows, accepted, rejected, warnings, notices: notices + uncountedNotices },
    loaded,
    outputs,
  }
}

function plannedOf({ kind, extension }: Action['outputs'][number], files: readonly (string | OutputFile)[]): PlannedOutput[] {
  return files.flatMap((file) => {
    if (typeof file === 'string') return file === kind ? [{ kind, extension }] : []
    return file.kind === kind ? [{ kind: kindOf(file), extension, stem: file.stem }] : []
  })
}

/** The result for content that was loaded before and still counts, if such is skipped. */
async function known(request: ImportRequest): Promise<ImportResult | undefined> {
  const { transaction, transfer, product, action, settings, duplicates } = request
  if (duplicates === 'process' || action.asks) return undefined
  const { workspaceId, ftpClientId, mode, sha256, id, inbox, fileName } = transfer
  const { client } = transaction
  const transferIds = await findLoaded(client, { workspaceId, ftpClientId, product, action: action.key, mode, sha256, besides: id })
  const [latest] = transferIds
  if (latest === undefined) return undefined
  const before =
    action.stillCounts === undefined ? latest : await action.stillCounts(client, { workspaceId, inbox, fileName, settings, transferIds })
  if (before === undefined) return undefined
  const outcome = { rows: 0, accepted: 0, rejected: 0, warnings: 0, notices: 0, alreadyImported: { transferId: before } }
  return { outcome, loaded: false, outputs: action.reports ?? [] }
}
