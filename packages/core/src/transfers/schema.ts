import type { IssueRow } from '@drayage/db/queries/transfer-issues'
import type { TransferView } from '@drayage/db/queries/transfer-views'
import { severities, transferStates } from '@drayage/db/vocabulary'
import { z } from 'zod'
import { byteCount, id, instant, listOf, productKey, transferMode } from '../wire.ts'

/** The wire shapes of transfers. */

export const transferState = z.enum(transferStates).meta({ id: 'TransferState' })

const fatal = z
  .object({ code: z.string(), message: z.string(), row: z.int().optional(), column: z.string().optional(), value: z.string().optional() })
  .meta({ id: 'FatalFault', description: 'what discarded the whole file; row 0 is the header line' })

const outcome = z
  .object({
    rows: z.int(),
    accepted: z.int(),
    rejected: z.int(),
    warnings: z.int(),
    notices: z.int(),
    fatal: fatal.optional(),
    alreadyImported: z
      .object({ transferId: id })
      .meta({ id: 'AlreadyImported', description: 'the same content was imported before, by this transfer, and nothing was done' })
      .optional(),
  })
  .meta({ id: 'Outcome', description: 'rows = accepted + rejected' })

const timelineEntry = z
  .object({
    state: transferState,
    at: instant,
    by: z.string().optional().meta({ description: 'the person or API client that asked for it' }),
    path: z.string().optional().meta({ description: 'where the original was put' }),
    code: z.string().optional(),
    message: z.string().optional().meta({ description: 'why it ended here' }),
  })
  .meta({ id: 'TimelineEntry' })

const output = z
  .object({ kind: z.string(), name: z.string(), path: z.string(), size: byteCount, sha256: z.string() })
  .meta({ id: 'TransferOutput', description: 'a result file; its path is its name where it was not put on a server' })

export const transfer = z
  .object({
    id,
    workspaceId: id,
    ftpClientId: id.optional(),
    product: productKey,
    action: z.string(),
    mode: transferMode,
    fileName: z.string(),
    path: z.string(),
    size: byteCount.optional(),
    sha256: z.string().optional(),
    state: transferState,
    outcome: outcome.optional(),
    fault: z
      .object({ code: z.string(), message: z.string() })
      .meta({ id: 'TransferFault', description: 'why it was set aside, or what it last waited for' })
      .optional(),
    timeline: listOf(timelineEntry, { most: 20 }),
    outputs: listOf(output, { most: 10 }),
    replayOf: id.optional(),
    createdAt: instant,
    endedAt: instant.optional(),
  })
  .meta({ id: 'Transfer' })

export const transferIssue = z
  .object({
    row: z.int().meta({ description: '1 is the first row below the header line, 0 the file itself' }),
    column: z.string().optional(),
    severity: z.enum(severities).meta({ id: 'Severity', description: 'an error keeps the row out, a warning or notice does not' }),
    code: z.string(),
    message: z.string(),
    value: z.string().optional(),
  })
  .meta({ id: 'TransferIssue' })

export function showTransfer(row: TransferView): z.input<typeof transfer> {
  return {
    ...row,
    ftpClientId: row.ftpClientId ?? undefined,
    size: row.size ?? undefined,
    sha256: row.sha256 ?? undefined,
    outcome: row.outcome ?? undefined,
    fault: row.state === 'archived' || row.state === 'vanished' ? undefined : (row.lastFault ?? undefined),
    timeline: row.timeline.map(({ state, at, details }) => ({ state, at, ...wordsOf(details) })),
    outputs: row.outputs.map((each) => ({ ...each, size: each.size ?? 0, sha256: each.sha256 ?? '' })),
    replayOf: row.replayOf ?? undefined,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString(),
  }
}

export function showIssue(row: IssueRow): z.input<typeof transferIssue> {
  const { rowNumber, columnName, severity, code, message, value } = row
  return { row: rowNumber, column: columnName ?? undefined, severity, code, message, value: value ?? undefined }
}

/** What a line of the ledger says in words; the rest of it stands in the transfer itself. */
function wordsOf(details: Record<string, unknown>): Partial<Record<'by' | 'path' | 'code' | 'message', string>> {
  const words = (['by', 'path', 'code', 'message'] as const).filter((key) => typeof details[key] === 'string')
  return Object.fromEntries(words.map((key) => [key, details[key]]))
}
