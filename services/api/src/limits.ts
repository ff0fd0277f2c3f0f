import type { ApiKeyring } from '@drayage/core/access/api-keyring'
import { Fault } from '@drayage/core/faults'
import type { Database } from '@drayage/db/connect'
import { takeQuota } from '@drayage/db/queries/rate-limits'
import type { FastifyReply } from 'fastify'

/** How many requests somebody has in a window of time, whichever processes they go to. */
export type Limit = { name: string; quota: number; windowSeconds: number }

export type Limits = {
  /** Spends one request of what `who` has, and tells them how they stand. Fault: `http.rate_limited`. */
  spend(reply: FastifyReply, limit: Limit, who: string): Promise<void>
}

/** What a process has taken of a quota and not spent yet; a new window makes it worth nothing. */
type Purse = { left: number; refused: boolean; beyond: number; endsAt: number; refill?: Promise<void> }

/**
 * Takes quotas from PostgreSQL in pieces of a twentieth, so that most requests ask it nothing and no window ever lets
 * more through than the quota. With many processes somebody may be told to wait before the last pieces are spent.
 */
export function openLimits(options: { db: Database; keyring: ApiKeyring; remembered?: number }): Limits {
  const { db, keyring, remembered = 50_000 } = options
  const purses = new Map<string, Purse>()

  async function spendOne(limit: Limit, who: string): Promise<Purse> {
    const { name, quota, windowSeconds } = limit
    const key = `${name} ${who}`
    const purse = purses.get(key) ?? { left: 0, refused: false, beyond: 0, endsAt: 0 }
    purses.delete(key)
    purses.set(key, purse)
    for (const [oldest] of purses) if (purses.size > remembered) purses.delete(oldest)
    const spent = () => purse.endsAt <= performance.now() || (purse.left === 0 && !purse.refused)
    while (spent()) {
      purse.refill ??= refill(purse, { key, quota, windowSeconds }).finally(() => delete purse.refill)
      await purse.refill
    }
    // Without a pause since it was seen to be there: others wait for the same purse.
    if (!purse.refused) purse.left--
    return purse
  }

  async function refill(purse: Purse, of: { key: string; quota: number; windowSeconds: number }): Promise<void> {
    const { quota, windowSeconds } = of
    const units = Math.max(1, Math.floor(quota / 20))
    const key = keyring.digest('rate_limit', of.key).toString('base64url')
    const state = await db.inWorkspace([], (transaction) => takeQuota(transaction, { key, units, quota, windowSeconds }))
    purse.left = state.granted ? units : 0
    purse.refused = !state.granted
    purse.beyond = Math.max(0, quota - state.taken)
    purse.endsAt = performance.now() + state.secondsLeft * 1000
  }

  return {
    spend: async (reply, limit, who) => {
      const purse = await spendOne(limit, who)
      const seconds = Math.max(1, Math.ceil((purse.endsAt - performance.now()) / 1000))
      const remaining = purse.refused ? 0 : purse.left + purse.beyond
      reply.header('ratelimit-policy', `"${limit.name}";q=${limit.quota};w=${limit.windowSeconds}`)
      reply.header('ratelimit', `"${limit.name}";r=${remaining};t=${seconds}`)
      if (purse.refused) throw tooMany(seconds)
    },
  }
}

function tooMany(retryAfterSeconds: number): Fault {
  const message = `Too many requests. Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}.`
  return new Fault('rate_limited', 'http.rate_limited', message, { details: { retryAfterSeconds } })
}
