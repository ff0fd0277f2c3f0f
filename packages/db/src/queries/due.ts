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
 * Clients whose folders are to be looked into. The next look keeps the client's own rhythm however late this one is, so
 * that clients spread over the interval stay spread after an outage.
 */
export async function takeDuePolls(
  { client }: Transaction,
  options: { limit: number },
): Promise<{ workspaceId: string; ftpClientId: string }[]> {
  const { rows } = await client.query({
    name: 'take-due-polls',
    text: `
      with due as (
        select workspace_id, ftp_client_id from poll_schedule where due_at <= now() order by due_at limit $1 for update skip locked
      )
      update poll_schedule p
      set due_at = p.due_at + make_interval(secs => p.interval_seconds * (1 + floor(extract(epoch from now() - p.due_at) / p.interval_seconds)))
      from due where p.workspace_id = due.workspace_id and p.ftp_client_id = due.ftp_client_id
      returning p.workspace_id as "workspaceId", p.ftp_client_id as "ftpClientId"`,
    values: [options.limit],
  })
  return rows
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
