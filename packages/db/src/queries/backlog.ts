import type { Transaction } from '../connect.ts'

/** What waits in the whole installation, without a word of whose it is. */
export type Backlog = {
  /** Jobs that a worker could take now, by queue. */
  readyJobs: Readonly<Record<string, number>>
  /** For how long the letter that waits longest could have been sent, in seconds; 0 when none waits. */
  outboxSeconds: number
  /** For how long the transfer that waits longest could have gone on, in seconds; 0 when none waits. */
  transferSeconds: number
  /** Sealed secrets by the id of the key they are sealed with. A key that seals none may be taken out of the keyring. */
  secretsByKey: Readonly<Record<string, number>>
}

/** @param sweep a transaction of `sweep` */
export async function readBacklog({ client }: Transaction): Promise<Backlog> {
  const jobs = await client.query<{ name: string; count: number }>(
    "select name, count(*)::integer as count from pgboss.job where state in ('created', 'retry') and start_after <= now() group by name",
  )
  const ages = await client.query<{ outbox: number; transfer: number }>(`
    select
      coalesce((select extract(epoch from clock_timestamp() - min(send_at)) from outbox where send_at <= clock_timestamp()), 0)::float8 as outbox,
      coalesce((select extract(epoch from clock_timestamp() - min(run_at)) from transfers where run_at <= clock_timestamp()), 0)::float8 as transfer`)
  const secrets = await client.query<{ key: string; count: number }>(
    'select key_id as key, count(*)::integer as count from sealed_secrets group by key_id',
  )
  return {
    readyJobs: Object.fromEntries(jobs.rows.map(({ name, count }) => [name, count])),
    outboxSeconds: ages.rows[0]?.outbox ?? 0,
    transferSeconds: ages.rows[0]?.transfer ?? 0,
    secretsByKey: Object.fromEntries(secrets.rows.map(({ key, count }) => [key, count])),
  }
}
