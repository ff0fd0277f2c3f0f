import type { Transaction } from '../connect.ts'
import { and, eq, sql } from '../drizzle.ts'
import { type AttentionRow, attentions } from '../schema/attentions.ts'

type ClientKey = { workspaceId: string; ftpClientId: string }
const of = (key: ClientKey) => and(eq(attentions.workspaceId, key.workspaceId), eq(attentions.ftpClientId, key.ftpClientId))

/**
 * Opens an attention, or turns one that did not stop the client into one that does. False when nothing changed: the
 * client already has one that says enough.
 */
export async function openAttention({ tx }: Transaction, attention: Omit<AttentionRow, 'since'>): Promise<boolean> {
  const { code, message, raisedBy, stops } = attention
  const opened = await tx
    .insert(attentions)
    .values(attention)
    .onConflictDoUpdate({
      target: [attentions.workspaceId, attentions.ftpClientId],
      set: { code, message, raisedBy, stops },
      setWhere: stops ? eq(attentions.stops, false) : sql`false`,
    })
    .returning()
  return opened.length > 0
}

export async function findAttention({ tx }: Transaction, key: ClientKey): Promise<AttentionRow | undefined> {
  const [found] = await tx.select().from(attentions).where(of(key))
  return found
}

/** Whether the client is left alone until a person activates it again. */
export async function hasStoppingAttention(transaction: Transaction, key: ClientKey): Promise<boolean> {
  return (await findAttention(transaction, key))?.stops === true
}

/** Closes the attention if it was raised by this and does not stop the client. @returns the one that was closed */
export async function closePassingAttention(
  { tx }: Transaction,
  key: ClientKey,
  over: { raisedBy: AttentionRow['raisedBy'] },
): Promise<AttentionRow | undefined> {
  const [closed] = await tx
    .delete(attentions)
    .where(and(of(key), eq(attentions.raisedBy, over.raisedBy), eq(attentions.stops, false)))
    .returning()
  return closed
}

/** Closes whatever attention is open, because a person has acted. */
export async function closeAttention({ tx }: Transaction, key: ClientKey): Promise<void> {
  await tx.delete(attentions).where(of(key))
}
