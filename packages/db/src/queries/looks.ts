import type { Transaction } from '../connect.ts'
import { and, eq, inArray, isNull, sql } from '../drizzle.ts'
import { attentions } from '../schema/attentions.ts'
import { type FtpClientRow, ftpClients } from '../schema/ftp-clients.ts'
import { pollSchedule } from '../schema/poll-schedule.ts'
import { transfers } from '../schema/transfers.ts'
import type { TransferMode } from '../vocabulary.ts'
import { callAgainSeconds } from './due.ts'
import { appendLedger } from './transfers.ts'

type ClientKey = { workspaceId: string; ftpClientId: string }

export type Sighting = { id: string; inbox: string; mode: TransferMode; fileName: string; path: string; size: number; modified: string }

/**
 * Brings the ledger up to date with one look at a client's inbound folders.
 *
 * A listed file without an open transfer becomes one, unless a transfer of that path was moved on since the look began:
 * then the listing is older than the ledger. An open one that changed starts its quiet time again; one that was equal in
 * two looks `quietSeconds` apart is ready; one that is not listed any more has vanished.
 *
 * @param look.startedAt the database's clock before the folders were listed
 * @param look.folders the inbound folders that could be listed; files of the others are left as they are
 * What became ready is due as if its wake-up call were sent already: the caller sends it.
 *
 * @returns what became ready, and in how many seconds the next look is worth while, if anything is still changing
 */
export async function recordLook(
  transaction: Transaction,
  look: {
    workspaceId: string
    ftpClientId: string
    product: string
    actionOf: Readonly<Record<string, string>>
    folders: readonly string[]
    files: readonly Sighting[]
    startedAt: Date
    quietSeconds: number
    worker: string
  },
): Promise<{ ready: string[]; lookAgainInSeconds?: number }> {
  const { client, tx } = transaction
  // One look of a client after the other: a statement that waited would not see what became of a file meanwhile.
  await client.query("select pg_advisory_xact_lock(hashtext('drayage.look'), hashtext($1))", [look.ftpClientId])
  const column = <Key extends keyof Sighting>(key: Key) => look.files.map((file) => file[key])
  const values = [look.workspaceId, look.ftpClientId, column('path'), column('size'), column('modified'), look.startedAt, look.quietSeconds]

  const changed = await client.query<{ id: string }>(
    `update transfers t
     set size = l.size, modified = l.modified, quiet_since = clock_timestamp(), run_at = null, updated_at = clock_timestamp()
     from unnest($3::text[], $4::bigint[], $5::text[]) as l (path, size, modified)
     where t.workspace_id = $1 and t.ftp_client_id = $2 and t.state = 'seen' and t.lease_holder is null and t.path = l.path
       and (t.size, t.modified) is distinct from (l.size, l.modified) and t.quiet_since < $6
     returning t.id`,
    values.slice(0, 6),
  )

  const vanished = await tx
    .update(transfers)
    .set({ state: 'vanished', endedAt: sql`clock_timestamp()`, updatedAt: sql`clock_timestamp()`, runAt: null })
    .where(
      and(
        eq(transfers.workspaceId, look.workspaceId),
        eq(transfers.ftpClientId, look.ftpClientId),
        sql`${transfers.state} = 'seen'`,
        inArray(transfers.inbox, [...look.folders]),
        isNull(transfers.leaseHolder),
        sql`${transfers.createdAt} < ${look.startedAt.toISOString()}`,
        sql`not ${transfers.path} = any (${sql.param(column('path'))}::text[])`,
      ),
    )
    .returning()
  for (const row of vanished) await appendLedger(transaction, row, { worker: look.worker, details: {} })

  const fresh = await client.query<{ id: string }>(
    `with listed as (
       select * from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[])
         as l (id, inbox, mode, file_name, path, size, modified)
     ), made as (
       insert into transfers (workspace_id, id, ftp_client_id, product, action, mode, inbox, file_name, path, state, size, modified, quiet_since)
       select $1, l.id, $2, $10, $11::jsonb ->> l.inbox, l.mode, l.inbox, l.file_name, l.path, 'seen', l.size, l.modified, clock_timestamp()
       from listed l
       where not exists (
         select from transfers t where t.workspace_id = $1 and t.ftp_client_id = $2 and t.path = l.path
           and (t.state in ('seen', 'claiming') or t.updated_at >= $12)
       )
       on conflict do nothing
       returning workspace_id, id, size, modified
     ), noted as (
       insert into transfer_ledger (workspace_id, transfer_id, ordinal, state, worker, fence, details)
       select workspace_id, id, 1, 'seen', $13, 0, jsonb_build_object('size', size, 'modified', modified) from made
     )
     select id from made`,
    [
      look.workspaceId,
      look.ftpClientId,
      column('id'),
      column('inbox'),
      column('mode'),
      column('fileName'),
      column('path'),
      column('size'),
      column('modified'),
      look.product,
      JSON.stringify(look.actionOf),
      look.startedAt,
      look.worker,
    ],
  )

  const ready = await client.query<{ id: string }>(
    `update transfers t set run_at = clock_timestamp() + make_interval(secs => $6)
     where t.workspace_id = $1 and t.ftp_client_id = $2 and t.state = 'seen' and t.run_at is null and t.lease_holder is null
       and t.path = any ($7::text[]) and (t.quiet_since + make_interval(secs => $3) <= $4 or ($3 = 0 and t.id = any ($5::uuid[])))
     returning t.id`,
    [
      look.workspaceId,
      look.ftpClientId,
      look.quietSeconds,
      look.startedAt,
      [...changed.rows, ...fresh.rows].map((row) => row.id),
      callAgainSeconds,
      column('path'),
    ],
  )

  const waiting = await client.query<{ seconds: number | null }>(
    `select extract(epoch from min(quiet_since) + make_interval(secs => $3) - clock_timestamp())::float8 as seconds
     from transfers where workspace_id = $1 and ftp_client_id = $2 and state = 'seen' and run_at is null and lease_holder is null and path = any ($4::text[])`,
    [look.workspaceId, look.ftpClientId, look.quietSeconds, column('path')],
  )
  const seconds = waiting.rows[0]?.seconds
  return { ready: ready.rows.map((row) => row.id), lookAgainInSeconds: typeof seconds === 'number' ? Math.max(0, seconds) : undefined }
}

/** What has to be known before a look at a client. */
export type PolledClient = {
  client: FtpClientRow
  /** The database's clock before the look. */
  startedAt: Date
  /** Whether a look that sees nothing changes anything: something was seen, failed or complained of before. */
  unsettled: boolean
}

/** Of these clients those that are to be looked at: active and not stopped by an attention. */
export async function findPolledClients({ tx }: Transaction, keys: readonly ClientKey[]): Promise<PolledClient[]> {
  const column = (key: keyof ClientKey) => sql.param(keys.map((one) => one[key]))
  return tx
    .select({
      client: ftpClients,
      startedAt: sql<Date>`clock_timestamp()`.mapWith(ftpClients.createdAt),
      unsettled: sql<boolean>`${pollSchedule.failures} is distinct from 0 or ${attentions.code} is not null or exists (
        select from ${transfers} t where t.workspace_id = ${ftpClients.workspaceId} and t.ftp_client_id = ${ftpClients.id} and t.state = 'seen')`,
    })
    .from(ftpClients)
    .leftJoin(pollSchedule, and(eq(pollSchedule.workspaceId, ftpClients.workspaceId), eq(pollSchedule.ftpClientId, ftpClients.id)))
    .leftJoin(attentions, and(eq(attentions.workspaceId, ftpClients.workspaceId), eq(attentions.ftpClientId, ftpClients.id)))
    .where(
      and(
        sql`(${ftpClients.workspaceId}, ${ftpClients.id}) in (select * from unnest(${column('workspaceId')}::uuid[], ${column('ftpClientId')}::uuid[]))`,
        eq(ftpClients.status, 'active'),
        isNull(ftpClients.deletedAt),
        sql`${attentions.stops} is not true`,
      ),
    )
}

/** A look went well: the next one is due as planned, or earlier where something is still changing. */
export async function lookedWell(
  { client }: Transaction,
  key: ClientKey,
  next: { inSeconds?: number; sawSomething: boolean },
): Promise<void> {
  await client.query(
    `update poll_schedule set failures = 0, due_at = least(due_at, clock_timestamp() + make_interval(secs => $3)),
       active_at = case when $4 then clock_timestamp() else active_at end
     where workspace_id = $1 and ftp_client_id = $2`,
    [key.workspaceId, key.ftpClientId, next.inSeconds ?? 86_400, next.sawSomething],
  )
}

/** A look failed. @returns how many have now failed in a row */
export async function lookFailed({ client }: Transaction, key: ClientKey): Promise<number> {
  const failed = await client.query<{ failures: number }>(
    'update poll_schedule set failures = failures + 1 where workspace_id = $1 and ftp_client_id = $2 returning failures',
    [key.workspaceId, key.ftpClientId],
  )
  return failed.rows[0]?.failures ?? 0
}

/** Puts the next look off, after a failure. */
export async function putOffLook({ client }: Transaction, key: ClientKey, until: { inSeconds: number }): Promise<void> {
  await client.query(
    'update poll_schedule set due_at = clock_timestamp() + make_interval(secs => $3) where workspace_id = $1 and ftp_client_id = $2',
    [key.workspaceId, key.ftpClientId, until.inSeconds],
  )
}
