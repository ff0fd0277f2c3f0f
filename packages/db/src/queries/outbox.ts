import { and, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { Transaction } from '../connect.ts'
import { mailRecipients, type OutboxRow, outbox } from '../schema/outbox.ts'

type LetterKey = { workspaceId: string; id: string }
const is = (key: LetterKey) => and(eq(outbox.workspaceId, key.workspaceId), eq(outbox.id, key.id))

export async function insertLetter({ tx }: Transaction, letter: typeof outbox.$inferInsert): Promise<void> {
  await tx.insert(outbox).values(letter)
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

/** One copy is with the relay, or will never be. */
export async function noteCopy(
  { tx }: Transaction,
  key: LetterKey,
  copy: { address: string; as: 'sent' | 'refused'; error?: string },
): Promise<void> {
  const list = copy.as === 'sent' ? outbox.sentTo : outbox.refusedBy
  const appended = sql`array_append(${list}, ${copy.address})`
  await tx
    .update(outbox)
    .set({ ...(copy.as === 'sent' ? { sentTo: appended } : { refusedBy: appended }), lastError: copy.error })
    .where(is(key))
}

/** All copies are accounted for. */
export async function endLetter({ tx }: Transaction, key: LetterKey): Promise<void> {
  await tx.update(outbox).set({ sendAt: null, leaseUntil: null, sentAt: sql`clock_timestamp()` }).where(is(key))
}

/** Some copies are left: again later, or never when `inMs` is undefined. */
export async function putOffLetter({ tx }: Transaction, key: LetterKey, next: { inMs: number | undefined; error: string }): Promise<void> {
  const sendAt = next.inMs === undefined ? null : sql`clock_timestamp() + make_interval(secs => ${next.inMs / 1000})`
  await tx.update(outbox).set({ sendAt, leaseUntil: null, lastError: next.error }).where(is(key))
}

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
    .where(and(of(key), eq(mailRecipients.address, address)))
}
