import type { Transaction } from '../connect.ts'
import { eq, lt, sql } from '../drizzle.ts'
import { type IdempotentReplyRow, idempotentReplies } from '../schema/http.ts'

export async function findIdempotentReply({ tx }: Transaction, key: Buffer): Promise<IdempotentReplyRow | undefined> {
  const [found] = await tx.select().from(idempotentReplies).where(eq(idempotentReplies.key, key))
  return found
}

/**
 * Keeps the reply to a change, in its transaction. False when another transaction has kept one for this key: then the
 * change was made, and this one must be rolled back. Waits for one that is under way.
 */
export async function insertIdempotentReply(
  { tx }: Transaction,
  row: { key: Buffer; fingerprint: Buffer; reply: Buffer | null },
): Promise<boolean> {
  const made = await tx.insert(idempotentReplies).values(row).onConflictDoNothing().returning({ key: idempotentReplies.key })
  return made.length === 1
}

export async function forgetOldReplies({ tx }: Transaction, options: { olderThanSeconds: number }): Promise<void> {
  const { olderThanSeconds } = options
  await tx
    .delete(idempotentReplies)
    .where(lt(idempotentReplies.createdAt, sql`clock_timestamp() - make_interval(secs => ${olderThanSeconds})`))
}
