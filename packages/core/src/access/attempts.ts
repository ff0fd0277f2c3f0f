import type { Transaction } from '@drayage/db/connect'
import { countAttempt, forgiveAttempt, type Patience } from '@drayage/db/queries/attempts'
import ipaddr from 'ipaddr.js'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import { credentialsOf } from './credentials.ts'

/**
 * How patient we are with wrong tries. Who guesses is slowed down by what they guess at from one address, and by their
 * address; nobody else waits for it. An account is never locked, or anybody could lock out anybody.
 */
export type Attempts = { of: Patience; from: Patience }

const hour = 3600
export const attemptLimits: Attempts = {
  of: { free: 5, longestSeconds: 900, forgetSeconds: hour },
  from: { free: 20, longestSeconds: 60, forgetSeconds: hour },
}

/** A try that has been counted; `forgive` takes it back once it turned out to be good. */
export type CountedAttempt = { forgive(transaction: Transaction): Promise<void> }

/** Counts a try, before it is judged. Faults: `access.too_many_attempts` with `details.retryAfterSeconds`. */
export async function countedAttempt(ctx: Context, attempt: { kind: string; at: string }, limits = attemptLimits): Promise<CountedAttempt> {
  const { keyring } = credentialsOf(ctx)
  const address = networkOf(ctx.request?.address)
  const key = (...parts: string[]) => keyring.digest('attempt', JSON.stringify([attempt.kind, ...parts])).toString('base64url')
  const [of, from] = [key(attempt.at, address), key(address)]
  const wait = await ctx.db.inWorkspace([], async (transaction) => {
    const early = await countAttempt(transaction, { key: from, ...limits.from })
    return early ?? (await countAttempt(transaction, { key: of, ...limits.of }))
  })
  if (wait !== undefined) throw tooMany(wait)
  return { forgive: (transaction) => forgiveAttempt(transaction, { forgiven: [of], uncounted: [from] }) }
}

/** One customer has one IPv4 address, or an IPv6 network of at least /64. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return ''
  const parsed = ipaddr.process(address)
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString()
}

function tooMany(retryAfterSeconds: number): Fault {
  const message = `Too many tries. Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}.`
  return new Fault('rate_limited', 'access.too_many_attempts', message, { details: { retryAfterSeconds } })
}
