import type { Transaction } from '../connect.ts'

/**
 * What is due across all workspaces. Each query takes rows that nobody else is taking and moves their time on, so that
 * the next look leaves them alone until then. All run as the sweep role, which sees ids and times and nothing else.
 *
 * `now()` is the start of the transaction: the caller's transaction does this and nothing before it.
 */

/** Seconds until a transfer or a letter whose wake-up call was lost is called again. */
export const callAgainSeconds = 30

/**
 * Clients whose folders are to be looked into, those first that this worker looked into before and may have a session with.
 * Others' are left to them for `othersAfterSeconds`.
 *
 * The next look keeps the client's own rhythm however late this one is, so that clients spread over the interval stay
 * spread after an outage; up to a tenth of jitter spreads those that began together. A client that nothing was seen of
 * for a day, or for a week, is looked into half, or a quarter, as often; never less than every 5 minutes for that.
 */
export async function takeDuePolls(
  { client }: Transaction,
  options: { worker: string; othersAfterSeconds: number; limit: number },
): Promise<{ workspaceId: string; ftpClientId: string }[]> {
  const { rows } = await client.query({
    name: 'take-due-polls',
    text: `
      with due as (
        select workspace_id, ftp_client_id from poll_schedule
        where due_at <= now() and (held_by is null or held_by = $1 or due_at <= now() - make_interval(secs => $2))
        order by due_at limit $3 for update skip locked
      )
      update poll_schedule p
      set held_by = $1, due_at = p.due_at
        + make_interval(secs => rhythm.seconds * (1 + floor(extract(epoch from now() - p.due_at) / rhythm.seconds) + random() * 0.1 - 0.05))
      from due join poll_schedule s using (workspace_id, ftp_client_id),
        lateral (
          select greatest(s.interval_seconds, least(300, s.interval_seconds * case
            when s.active_at > now() - interval '1 day' then 1 when s.active_at > now() - interval '7 days' then 2 else 4 end)) as seconds
        ) rhythm
      where p.workspace_id = due.workspace_id and p.ftp_client_id = due.ftp_client_id
      returning p.workspace_id as "workspaceId", p.ftp_client_id as "ftpClientId"`,
    values: [options.worker, options.othersAfterSeconds, options.limit],
  })
  return rows
}

/** A worker ends: its clients are anybody's at once. */
export async function leaveClients({ client }: Transaction, worker: string): Promise<void> {
  await client.query('update poll_schedule set held_by = null where held_by = $1', [worker])
}

/** Transfers that are to be carried on and that no living worker holds. */
export async function takeDueTransfers(
  { client }: Transaction,
  options: { limit: number },
): Promise<{ workspaceId: string; transferId: string }[]> {
  const { rows } = await client.query({
    name: 'take-due-transfers',
    text: `
      with due as (
        select workspace_id, id from transfers
        where run_at <= now() and (lease_until is null or lease_until < now()) order by run_at limit $1 for update skip locked
      )
      update transfers t set run_at = now() + make_interval(secs => $2)
      from due where t.workspace_id = due.workspace_id and t.id = due.id
      returning t.workspace_id as "workspaceId", t.id as "transferId"`,
    values: [options.limit, callAgainSeconds],
  })
  return rows
}

/** Clients whose exports are to be seen to, and that no living worker holds. */
export async function takeDueExports(
  { client }: Transaction,
  options: { limit: number },
): Promise<{ workspaceId: string; ftpClientId: string }[]> {
  const { rows } = await client.query({
    name: 'take-due-exports',
    text: `
      with due as (
        select workspace_id, ftp_client_id from export_schedule
        where due_at <= now() and (lease_until is null or lease_until < now()) order by due_at limit $1 for update skip locked
      )
      update export_schedule e set due_at = now() + make_interval(secs => $2)
      from due where e.workspace_id = due.workspace_id and e.ftp_client_id = due.ftp_client_id
      returning e.workspace_id as "workspaceId", e.ftp_client_id as "ftpClientId"`,
    values: [options.limit, callAgainSeconds],
  })
  return rows
}

/** Letters of the outbox that are to be sent. */
export async function takeDueLetters(
  { client }: Transaction,
  options: { limit: number },
): Promise<{ workspaceId: string; outboxId: string }[]> {
  const { rows } = await client.query({
    name: 'take-due-letters',
    text: `
      with due as (
        select workspace_id, id from outbox where send_at <= now() order by send_at limit $1 for update skip locked
      )
      update outbox o set send_at = now() + make_interval(secs => $2)
      from due where o.workspace_id = due.workspace_id and o.id = due.id
      returning o.workspace_id as "workspaceId", o.id as "outboxId"`,
    values: [options.limit, callAgainSeconds],
  })
  return rows
}

/** Connection tests that nobody seems to work on any more. */
export async function findLostConnectionTests(
  { client }: Transaction,
  options: { quietSeconds: number; limit: number },
): Promise<{ workspaceId: string; connectionTestId: string }[]> {
  const { rows } = await client.query({
    text: `
      select workspace_id as "workspaceId", id as "connectionTestId" from connection_tests
      where status in ('queued', 'running') and coalesce(started_at, created_at) < now() - make_interval(secs => $1)
      order by created_at limit $2`,
    values: [options.quietSeconds, options.limit],
  })
  return rows
}
