import type { Client, Transaction } from '../connect.ts'
import { and, eq, getTableColumns, isNotNull, isNull, lt, or, sql } from '../drizzle.ts'
import { type TransferRow, transferLedger, transfers } from '../schema/transfers.ts'
import type { TransferState } from '../vocabulary.ts'
import { callAgainSeconds } from './due.ts'

/** A database session. Its start, to the microsecond as PostgreSQL writes it, tells it from a later one with the same number. */
export type Backend = { pid: number; started: string }

type TransferKey = { workspaceId: string; id: string }

const clock = sql`clock_timestamp()`

const is = (key: TransferKey) => and(eq(transfers.workspaceId, key.workspaceId), eq(transfers.id, key.id))

export async function findTransfer({ tx }: Transaction, key: TransferKey): Promise<TransferRow | undefined> {
  const [found] = await tx.select().from(transfers).where(is(key))
  return found
}

/**
 * A transfer that was not seen on a server, made by the API or by a replay: it begins with its stored original. The caller
 * sends the wake-up call.
 */
export async function insertTransfer(
  transaction: Transaction,
  transfer: Omit<typeof transfers.$inferInsert, 'state' | 'path' | 'runAt'>,
  details: Record<string, unknown>,
): Promise<TransferRow> {
  const runAt = sql`clock_timestamp() + make_interval(secs => ${callAgainSeconds})`
  const begin = { state: 'fetched', path: transfer.fileName, runAt } as const
  const [made] = await transaction.tx
    .insert(transfers)
    .values({ ...transfer, ...begin })
    .returning()
  if (made === undefined) throw new Error('insert returned no row')
  await appendLedger(transaction, made, { worker: null, details })
  return made
}

/**
 * Moves a transfer on: from exactly the state it is in, under exactly this fence, with its line in the ledger. Undefined
 * means somebody else moved it or took it over, and nothing was written.
 */
export async function moveTransfer(
  { tx }: Transaction,
  transfer: TransferRow,
  move: {
    state: TransferState
    worker: string
    set: Partial<typeof transfers.$inferInsert>
    details: Record<string, unknown>
  },
): Promise<TransferRow | undefined> {
  const moved = tx.$with('moved').as(
    tx
      .update(transfers)
      .set({ ...move.set, state: move.state, updatedAt: sql`clock_timestamp()` })
      .where(and(is(transfer), eq(transfers.state, transfer.state), eq(transfers.fence, transfer.fence)))
      .returning(),
  )
  const line = tx.$with('line', {}).as(
    sql`insert into ${transferLedger} (workspace_id, transfer_id, ordinal, state, worker, fence, details)
      select workspace_id, id, ${nextOrdinal(transfer)}, state, ${move.worker}, fence, ${JSON.stringify(move.details)}::jsonb from moved`,
  )
  const [row] = await tx.with(moved, line).select().from(moved)
  return row
}

/** Changes facts of a transfer without moving it, under its fence. Undefined when it was taken over. */
export async function updateTransfer(
  { tx }: Transaction,
  transfer: TransferRow,
  set: Partial<typeof transfers.$inferInsert>,
): Promise<TransferRow | undefined> {
  const [updated] = await tx
    .update(transfers)
    .set({ ...set, updatedAt: sql`clock_timestamp()` })
    .where(and(is(transfer), eq(transfers.fence, transfer.fence)))
    .returning()
  return updated
}

/** Adds the line of the state that a transfer is in now. For queries that move transfers; nobody else writes here. */
export async function appendLedger(
  { tx }: Transaction,
  transfer: TransferRow,
  line: { worker: string | null; details: Record<string, unknown> },
): Promise<void> {
  await tx.insert(transferLedger).values({
    workspaceId: transfer.workspaceId,
    transferId: transfer.id,
    ordinal: nextOrdinal(transfer),
    state: transfer.state,
    worker: line.worker,
    fence: transfer.fence,
    details: line.details,
  })
}

const nextOrdinal = ({ workspaceId, id }: TransferKey) =>
  sql`(select coalesce(max(ordinal), 0) + 1 from transfer_ledger where workspace_id = ${workspaceId} and transfer_id = ${id})`

export async function listLedger({ tx }: Transaction, key: TransferKey): Promise<(typeof transferLedger.$inferSelect)[]> {
  return tx
    .select()
    .from(transferLedger)
    .where(and(eq(transferLedger.workspaceId, key.workspaceId), eq(transferLedger.transferId, key.id)))
    .orderBy(transferLedger.ordinal)
}

// Leases ------------------------------------------------------------------------------------------------------------------

/**
 * Takes the lease of a transfer that is due: nobody holds it, or whoever held it was silent for too long. The fence
 * rises, so that everything the former holder still tries to write finds nothing.
 *
 * Held, it stays due, so that it is found as soon as the lease runs out. A take-over counts as a crash in `attempts`,
 * unless PostgreSQL itself started again since the lease was last renewed.
 *
 * The database session in which the former holder was importing is ended with it, so that its locks are free.
 */
export async function takeLease(
  { tx }: Transaction,
  key: TransferKey,
  { worker, leaseMs }: { worker: string; leaseMs: number },
): Promise<TransferRow | undefined> {
  const { leaseHolder, leaseUntil, runAt, backendPid, backendStarted } = transfers
  const leaseTime = sql`make_interval(secs => ${leaseMs}::float8 / 1000)`
  const due = tx.$with('due').as(
    tx
      .select({
        id: transfers.id,
        formerPid: sql`${backendPid}`.as('former_pid'),
        formerStarted: sql`${backendStarted}`.as('former_started'),
        crashed: sql`${leaseHolder} is not null and ${leaseHolder} <> ${worker}
          and pg_postmaster_start_time() < ${leaseUntil} - ${leaseTime}`.as('crashed'),
      })
      .from(transfers)
      .where(and(is(key), isNotNull(runAt), or(isNull(leaseUntil), lt(leaseUntil, clock))))
      .for('update', { skipLocked: true }),
  )
  const [taken] = await tx
    .with(due)
    .update(transfers)
    .set({
      leaseHolder: worker,
      leaseUntil: sql`clock_timestamp() + ${leaseTime}`,
      fence: sql`${transfers.fence} + 1`,
      runAt: clock,
      attempts: sql`${transfers.attempts} + ${due.crashed}::int`,
      backendPid: null,
      backendStarted: null,
    })
    .from(due)
    .where(and(is(key), eq(transfers.id, due.id)))
    .returning({ row: getTableColumns(transfers), ended: sql`end_backend(${due.formerPid}, ${due.formerStarted})` })
  return taken?.row
}

/** Keeps the lease for another `leaseMs`. False when it was taken over. */
export async function renewLease({ client }: Transaction, transfer: TransferRow, lease: { leaseMs: number }): Promise<boolean> {
  const renewed = await client.query({
    name: 'renew-lease',
    text: `update transfers set lease_until = clock_timestamp() + make_interval(secs => $4::float8 / 1000)
      where workspace_id = $1 and id = $2 and fence = $3 and lease_holder is not null`,
    values: [transfer.workspaceId, transfer.id, transfer.fence, lease.leaseMs],
  })
  return renewed.rowCount === 1
}

/**
 * Gives the lease back.
 *
 * @param next.inSeconds when to run again; undefined for never, until somebody asks
 */
export async function releaseLease(
  { tx }: Transaction,
  transfer: TransferRow,
  next: { inSeconds?: number; set?: Partial<typeof transfers.$inferInsert> },
): Promise<boolean> {
  const runAt = next.inSeconds === undefined ? null : sql`clock_timestamp() + make_interval(secs => ${next.inSeconds})`
  const released = await tx
    .update(transfers)
    .set({ ...next.set, leaseHolder: null, leaseUntil: null, backendPid: null, backendStarted: null, runAt })
    .where(and(is(transfer), eq(transfers.fence, transfer.fence)))
    .returning({ id: transfers.id })
  return released.length === 1
}

/** Records the database session that is about to import, so that whoever takes over can end it. */
export async function recordBackend({ client }: Transaction, transfer: TransferRow, backend: Backend): Promise<boolean> {
  const recorded = await client.query({
    name: 'record-backend',
    text: 'update transfers set backend_pid = $4, backend_started = $5 where workspace_id = $1 and id = $2 and fence = $3',
    values: [transfer.workspaceId, transfer.id, transfer.fence, backend.pid, backend.started],
  })
  return recorded.rowCount === 1
}

const backends = new WeakMap<Client, Backend>()

/** The session of this connection; the same as long as it is open. */
export async function currentBackend({ client }: Transaction): Promise<Backend> {
  const known = backends.get(client)
  if (known !== undefined) return known
  const found = await client.query<Backend>('select pid, started::text as started from current_backend()')
  const [backend] = found.rows
  if (backend === undefined) throw new Error('this session is not in pg_stat_activity')
  backends.set(client, backend)
  return backend
}

/**
 * Whether another open transfer of the client cannot go on now: then its server is not well, however well this one went.
 */
export async function othersFail({ client }: Transaction, transfer: TransferRow): Promise<boolean> {
  const failing = await client.query({
    name: 'others-fail',
    text: `select from transfers where workspace_id = $1 and ftp_client_id = $2 and id <> $3 and ended_at is null and failures > 0 limit 1`,
    values: [transfer.workspaceId, transfer.ftpClientId, transfer.id],
  })
  return failing.rowCount === 1
}

/** Whether an earlier file of the same name waits to be put away, from whatever inbox it came. */
export async function sharesName({ client }: Transaction, transfer: TransferRow): Promise<boolean> {
  const sharing = await client.query({
    name: 'shares-name',
    text: `select from transfers where workspace_id = $1 and ftp_client_id = $2 and file_name = $3 and id < $4
      and claimed_path is not null and archived_path is null limit 1`,
    values: [transfer.workspaceId, transfer.ftpClientId, transfer.fileName, transfer.id],
  })
  return sharing.rowCount === 1
}

/**
 * Makes everything that waits for its client run: after a person acted. Files that were only seen wait for the next look.
 * The caller sends the wake-up calls.
 */
export async function wakeTransfers({ tx }: Transaction, client: { workspaceId: string; ftpClientId: string }): Promise<string[]> {
  const woken = await tx
    .update(transfers)
    .set({ runAt: sql`clock_timestamp() + make_interval(secs => ${callAgainSeconds})`, failures: 0 })
    .where(
      and(
        eq(transfers.workspaceId, client.workspaceId),
        eq(transfers.ftpClientId, client.ftpClientId),
        sql`(${transfers.endedAt} is null and ${transfers.state} <> 'seen'
          or ${transfers.state} = 'quarantined' and ${transfers.claimedPath} is not null and ${transfers.archivedPath} is null)`,
      ),
    )
    .returning({ id: transfers.id })
  return woken.map((row) => row.id)
}

/** Ends everything that is open for a client; whoever works on one of them finds out at his next step. */
export async function cancelTransfers(
  transaction: Transaction,
  client: { workspaceId: string; ftpClientId: string },
): Promise<TransferRow[]> {
  const cancelled = await transaction.tx
    .update(transfers)
    .set({
      state: 'cancelled',
      fence: sql`${transfers.fence} + 1`,
      runAt: null,
      leaseHolder: null,
      leaseUntil: null,
      endedAt: sql`clock_timestamp()`,
      updatedAt: sql`clock_timestamp()`,
    })
    .where(and(eq(transfers.workspaceId, client.workspaceId), eq(transfers.ftpClientId, client.ftpClientId), isNull(transfers.endedAt)))
    .returning()
  for (const row of cancelled) await appendLedger(transaction, row, { worker: null, details: {} })
  return cancelled
}
