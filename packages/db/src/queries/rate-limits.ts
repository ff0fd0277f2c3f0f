import type { Transaction } from '../connect.ts'
import { lt, sql } from '../drizzle.ts'
import { rateLimits } from '../schema/http.ts'

/** How a quota stands: what all processes took of it in this window, and how many seconds are left of it. */
export type QuotaState = { granted: boolean; taken: number; secondsLeft: number }

/** Takes `units` of a quota, all or none. A window begins with the first request after the one before has ended. */
export async function takeQuota(
  { client }: Transaction,
  wanted: { key: string; units: number; quota: number; windowSeconds: number },
): Promise<QuotaState> {
  const { key, units, quota, windowSeconds } = wanted
  const { rows: granted } = await client.query({
    name: 'take-quota',
    text: `
      insert into rate_limits as r (key, taken, ends_at)
      values ($1, $2, clock_timestamp() + make_interval(secs => $4))
      on conflict (key) do update set
        taken = case when r.ends_at <= clock_timestamp() then $2 else r.taken + $2 end,
        ends_at = case when r.ends_at <= clock_timestamp() then clock_timestamp() + make_interval(secs => $4) else r.ends_at end
      where r.ends_at <= clock_timestamp() or r.taken + $2 <= $3
      returning taken, extract(epoch from ends_at - clock_timestamp())::float8 as left`,
    values: [key, units, quota, windowSeconds],
  })
  if (granted[0] !== undefined) return { granted: true, taken: granted[0].taken, secondsLeft: granted[0].left }
  const { rows: refused } = await client.query({
    name: 'quota-state',
    text: 'select taken, extract(epoch from ends_at - clock_timestamp())::float8 as left from rate_limits where key = $1',
    values: [key],
  })
  return { granted: false, taken: refused[0]?.taken ?? quota, secondsLeft: Math.max(0, refused[0]?.left ?? 0) }
}

export async function forgetEndedQuotas({ tx }: Transaction): Promise<void> {
  await tx.delete(rateLimits).where(lt(rateLimits.endsAt, sql`clock_timestamp()`))
}
