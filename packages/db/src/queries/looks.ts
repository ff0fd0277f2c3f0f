import type { Transaction } from '../connect.ts'

type ClientKey = { workspaceId: string; ftpClientId: string }

/** A look went well: the next one is due as planned, or earlier where something is still changing. */
export async function lookedWell({ client }: Transaction, key: ClientKey, next: { inSeconds?: number }): Promise<void> {
  await client.query(
    `update poll_schedule set failures = 0, due_at = least(due_at, clock_timestamp() + make_interval(secs => $3))
     where workspace_id = $1 and ftp_client_id = $2`,
    [key.workspaceId, key.ftpClientId, next.inSeconds ?? 86_400],
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
