import type { Transaction } from '../connect.ts'
import { alias, and, asc, desc, eq, gte, inArray, isNotNull, sql, unionAll } from '../drizzle.ts'
import { type TransferOutputRow, type TransferRow, transferOutputs, transfers } from '../schema/transfers.ts'
import type { ProductKey, TransferState } from '../vocabulary.ts'
import { inScope, type Scope } from './scope.ts'

/** A transfer as people see it: with what happened to it, oldest first, and the result files it has by now. */
export type TransferView = TransferRow & { timeline: TimelineEntry[]; outputs: TransferOutputRow[] }

/** A line of the ledger; `at` is RFC 3339, UTC. */
export type TimelineEntry = { state: TransferState; at: string; details: Record<string, unknown> }

/** The bare transfer, if it is in the scope. */
export async function findTransferInScope({ tx }: Transaction, key: { id: string; scope: Scope }): Promise<TransferRow | undefined> {
  const [found] = await tx
    .select()
    .from(transfers)
    .where(and(eq(transfers.id, key.id), inScope(transfers, key.scope)))
  return found
}

export async function readTransfer(transaction: Transaction, key: { id: string; scope: Scope }): Promise<TransferView | undefined> {
  const found = await findTransferInScope(transaction, key)
  return found === undefined ? undefined : (await withDetails(transaction, [found]))[0]
}

/** Newest first. */
export async function listTransfers(
  transaction: Transaction,
  page: {
    scope: Scope
    ftpClientId?: string
    product?: ProductKey
    action?: string
    state?: TransferState
    since?: Date
    before?: string
    limit: number
  },
): Promise<TransferView[]> {
  const { tx } = transaction
  const { scope, ftpClientId, product, action, state, since, before, limit } = page
  const last = alias(transfers, 'last')
  const newest = [desc(transfers.createdAt), desc(transfers.id)] as const
  const ofWorkspace = (grant: Scope[number]) =>
    tx
      .select()
      .from(transfers)
      .where(
        and(
          inScope(transfers, [grant]),
          ftpClientId === undefined ? undefined : eq(transfers.ftpClientId, ftpClientId),
          product === undefined ? undefined : eq(transfers.product, product),
          action === undefined ? undefined : eq(transfers.action, action),
          state === undefined ? undefined : eq(transfers.state, state),
          since === undefined ? undefined : gte(transfers.createdAt, since),
          before === undefined
            ? undefined
            : sql`(${transfers.createdAt}, ${transfers.id}) < (${tx
                .select({ createdAt: last.createdAt, id: last.id })
                .from(last)
                .where(and(eq(last.id, before), inScope(last, scope)))})`,
        ),
      )
      .orderBy(...newest)
      .limit(limit)

  // Each workspace's own index gives its newest; only those are sorted together.
  const [first, second, ...more] = scope.map(ofWorkspace)
  if (first === undefined) return []
  const rows =
    second === undefined
      ? first
      : unionAll(first, second, ...more)
          .orderBy(...newest)
          .limit(limit)
  return withDetails(transaction, await rows)
}

/** The newest of each FTP client, `limit` each. */
export async function listTransfersOfEach(
  transaction: Transaction,
  page: { scope: Scope; ftpClientIds: readonly string[]; before?: string; limit: number },
): Promise<TransferView[]> {
  const { tx } = transaction
  const { scope, before, limit } = page
  const last = alias(transfers, 'last')
  const newest = [desc(transfers.createdAt), desc(transfers.id)] as const
  const [first, second, ...more] = page.ftpClientIds.map((ftpClientId) =>
    tx
      .select()
      .from(transfers)
      .where(
        and(
          inScope(transfers, scope),
          eq(transfers.ftpClientId, ftpClientId),
          before === undefined
            ? undefined
            : sql`(${transfers.createdAt}, ${transfers.id}) < (${tx
                .select({ createdAt: last.createdAt, id: last.id })
                .from(last)
                .where(and(eq(last.id, before), inScope(last, scope)))})`,
        ),
      )
      .orderBy(...newest)
      .limit(limit),
  )
  if (first === undefined) return []
  return withDetails(transaction, await (second === undefined ? first : unionAll(first, second, ...more).orderBy(...newest)))
}

async function withDetails({ tx, client }: Transaction, rows: readonly TransferRow[]): Promise<TransferView[]> {
  if (rows.length === 0) return []
  const workspaceIds = [...new Set(rows.map((row) => row.workspaceId))]
  const ids = rows.map((row) => row.id)
  // A row a transfer: reading a page's lines one by one takes the driver longer than everything else.
  const ledgers = await client.query<{ id: string; timeline: TimelineEntry[] }>({
    name: 'timelines',
    text: `select transfer_id as id, json_agg(json_build_object(
        'state', state, 'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'details', details) order by ordinal) as timeline
      from transfer_ledger where workspace_id = any($1) and transfer_id = any($2) group by transfer_id`,
    values: [workspaceIds, ids],
  })
  const outputs = await tx
    .select()
    .from(transferOutputs)
    .where(
      and(inArray(transferOutputs.workspaceId, workspaceIds), inArray(transferOutputs.transferId, ids), isNotNull(transferOutputs.fileId)),
    )
    .orderBy(asc(transferOutputs.kind))
  const timelineOf = new Map(ledgers.rows.map(({ id, timeline }) => [id, timeline]))
  const outputsOf = Map.groupBy(outputs, (output) => output.transferId)
  return rows.map((row) => ({ ...row, timeline: timelineOf.get(row.id) ?? [], outputs: outputsOf.get(row.id) ?? [] }))
}
