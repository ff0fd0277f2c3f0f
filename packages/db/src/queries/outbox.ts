import type { Transaction } from '../connect.ts'
import { and, eq, inArray, isNotNull, isNull, lt, or, sql } from '../drizzle.ts'
import { mailRecipients, type OutboxRow, outbox } from '../schema/outbox.ts'
import { callAgainSeconds } from './due.ts'

type LetterKey = { workspaceId: string; id: string }
const is = (key: LetterKey) => and(eq(outbox.workspaceId, key.workspaceId), eq(outbox.id, key.id))

/** The caller sends the wake-up call. */
export async function insertLetter({ tx }: Transaction, letter: Omit<typeof outbox.$inferInsert, 'sendAt'>): Promise<void> {
  await tx.insert(outbox).values({ ...letter, sendAt: sql`clock_timestamp() + make_interval(secs => ${callAgainSeconds})` })
}

/** Takes a letter to send it: nobody else does until the lease ends. Undefined when it is done or somebody is at it. */
export async function takeLetter({ tx }: Transaction, key: LetterKey, options: { leaseMs: number }): Promise<OutboxRow | undefined> {
  const free = or(isNull(outbox.leaseUntil), lt(outbox.leaseUntil, sql`clock_timestamp()`))
  const [taken] = await tx
    .update(outbox)
    .set({ attempts: sql`${outbox.attempts} + 1`, leaseUntil: sql`clock_timestamp() + make_interval(secs => ${options.leaseMs / 1000})` })
    .where(and(is(key), isNotNull(outbox.sendAt), free))
    .returning()
  return taken
}

/** Keeps a letter that was taken for another `leaseMs`. False when somebody else has taken it over. */
export async function keepLetter({ tx }: Transaction, taken: OutboxRow, options: { leaseMs: number }): Promise<boolean> {
  const kept = await tx
    .update(outbox)
    .set({ leaseUntil: sql`clock_timestamp() + make_interval(secs => ${options.leaseMs / 1000})` })
    .where(asTaken(taken))
    .returning({ id: outbox.id })
  return kept.length === 1
}

/** One copy is with the relay, or will never be. */
export async function noteCopy(
  { tx }: Transaction,
  key: LetterKey,
  copy: { address: string; as: 'sent' } | { address: string; as: 'refused'; error: string },
): Promise<void> {
  const set =
    copy.as === 'sent'
      ? { sentTo: sql`array_append(${outbox.sentTo}, ${copy.address})` }
      : { refusedBy: sql`array_append(${outbox.refusedBy}, ${copy.address})`, lastError: copy.error }
  await tx.update(outbox).set(set).where(is(key))
}

/** All copies are accounted for. */
export async function endLetter({ tx }: Transaction, taken: OutboxRow): Promise<void> {
  await tx.update(outbox).set({ sendAt: null, leaseUntil: null, sentAt: sql`clock_timestamp()` }).where(asTaken(taken))
}

/** Some copies are left: again later, or never when `inMs` is undefined. */
export async function putOffLetter(
  { tx }: Transaction,
  taken: OutboxRow,
  next: { inMs: number | undefined; error: string },
): Promise<void> {
  const sendAt = next.inMs === undefined ? null : sql`clock_timestamp() + make_interval(secs => ${next.inMs / 1000})`
  await tx.update(outbox).set({ sendAt, leaseUntil: null, lastError: next.error }).where(asTaken(taken))
}

/** Some copies have to wait, and were not tried: this taking is no attempt that failed. */
export async function waitWithLetter({ tx }: Transaction, taken: OutboxRow, next: { inMs: number; error: string }): Promise<void> {
  const sendAt = sql`clock_timestamp() + make_interval(secs => ${next.inMs / 1000})`
  const waits = sql`${outbox.waits} + 1`
  await tx.update(outbox).set({ sendAt, leaseUntil: null, lastError: next.error, waits }).where(asTaken(taken))
}

// Each taking is an attempt, so their number tells whether it was taken over since.
const asTaken = (taken: OutboxRow) => and(is(taken), eq(outbox.attempts, taken.attempts))

type ClientKey = { workspaceId: string; ftpClientId: string }
const of = (key: ClientKey) => and(eq(mailRecipients.workspaceId, key.workspaceId), eq(mailRecipients.ftpClientId, key.ftpClientId))

/** Addresses that stay keep who added them and whether they were told so. */
export async function addRecipients(
  { tx }: Transaction,
  key: ClientKey,
  added: { addresses: readonly string[]; addedBy: string },
): Promise<void> {
  if (added.addresses.length === 0) return
  const rows = added.addresses.map((address) => ({ ...key, address, addedBy: added.addedBy }))
  await tx.insert(mailRecipients).values(rows).onConflictDoNothing()
}

export async function removeRecipients({ tx }: Transaction, key: ClientKey, removed: { addresses: readonly string[] }): Promise<void> {
  await tx.delete(mailRecipients).where(and(of(key), inArray(mailRecipients.address, [...removed.addresses])))
}

/** Who added the address, when it was never told; undefined otherwise. */
export async function findIntroduction({ tx }: Transaction, key: ClientKey, address: string): Promise<string | undefined> {
  const [found] = await tx
    .select({ addedBy: mailRecipients.addedBy })
    .from(mailRecipients)
    .where(and(of(key), eq(mailRecipients.address, address), isNull(mailRecipients.introducedAt)))
  return found?.addedBy
}

export async function noteIntroduction({ tx }: Transaction, key: ClientKey, address: string): Promise<void> {
  await tx
    .update(mailRecipients)
    .set({ introducedAt: sql`clock_timestamp()` })
    .where(and(of(key), eq(mailRecipients.address, address), isNull(mailRecipients.introducedAt)))
}
