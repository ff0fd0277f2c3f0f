import type { Transaction } from '../connect.ts'
import { inArray, lt, sql } from '../drizzle.ts'
import { attempts } from '../schema/attempts.ts'

/** From which try in a row on the next one must wait, how long at most, and after how long all is forgotten. */
export type Patience = { free: number; longestSeconds: number; forgetSeconds: number }

/**
 * Counts a try before its outcome is known, so that tries made at once count as well. After the free ones the wait is a
 * second, and doubles with each further one.
 *
 * @returns the seconds to wait, when the try came too early and was not counted
 */
export async function countAttempt({ client }: Transaction, attempt: { key: string } & Patience): Promise<number | undefined> {
  const { key, free, longestSeconds, forgetSeconds } = attempt
  const counted = await client.query({
    name: 'count-attempt',
    text: `
      insert into attempts as a (key, failures, last_at) values ($1, 1, clock_timestamp())
      on conflict (key) do update set
        failures = case when a.last_at < clock_timestamp() - make_interval(secs => $4) then 1 else a.failures + 1 end,
        last_at = clock_timestamp()
      where clock_timestamp() >= ${freeAt}
      returning 1`,
    values: [key, free, longestSeconds, forgetSeconds],
  })
  if (counted.rowCount === 1) return undefined
  const { rows } = await client.query({
    name: 'attempt-wait',
    text: `select ceil(extract(epoch from ${freeAt} - clock_timestamp()))::integer as wait from attempts a where key = $1`,
    values: [key, free, longestSeconds],
  })
  return Math.max(1, rows[0]?.wait ?? 1)
}

const freeAt = `a.last_at + make_interval(secs => case when a.failures < $2::integer then 0 else least($3::integer, 2 ^ least(a.failures - $2, 30)) end)`

/** The try was a good one: it counts for nothing, and `forgiven` keys begin anew. */
export async function forgiveAttempt(
  { tx }: Transaction,
  attempt: { forgiven: readonly string[]; uncounted: readonly string[] },
): Promise<void> {
  if (attempt.forgiven.length > 0) await tx.delete(attempts).where(inArray(attempts.key, [...attempt.forgiven]))
  if (attempt.uncounted.length === 0) return
  await tx
    .update(attempts)
    .set({ failures: sql`greatest(${attempts.failures} - 1, 0)` })
    .where(inArray(attempts.key, [...attempt.uncounted]))
}

export async function forgetOldAttempts({ tx }: Transaction, options: { olderThanSeconds: number }): Promise<void> {
  await tx.delete(attempts).where(lt(attempts.lastAt, sql`clock_timestamp() - make_interval(secs => ${options.olderThanSeconds})`))
}
