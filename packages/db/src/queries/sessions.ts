import type { Transaction } from '../connect.ts'
import { and, eq, gt, isNull, lt, sql } from '../drizzle.ts'
import { refreshTokens, type SessionRow, sessions } from '../schema/sessions.ts'
import type { SessionEnd } from '../vocabulary.ts'

const open = and(isNull(sessions.endedAt), gt(sessions.expiresAt, sql`clock_timestamp()`))

/** A new session with its first refresh token. */
export async function insertSession(
  { tx }: Transaction,
  session: { id: string; userId: string; lifeSeconds: number; refreshHash: Buffer },
): Promise<void> {
  const { id, userId, lifeSeconds, refreshHash } = session
  await tx.insert(sessions).values({ id, userId, expiresAt: sql`clock_timestamp() + make_interval(secs => ${lifeSeconds})` })
  await tx.insert(refreshTokens).values({ hash: refreshHash, sessionId: id })
}

/** The session that a refresh token belongs to, kept from changing until the transaction ends. */
export async function lockSessionOf(
  { tx }: Transaction,
  refreshHash: Buffer,
): Promise<{ session: SessionRow; open: boolean; used: boolean } | undefined> {
  // The session first: whoever waits for it must see what its holder did to the token.
  const [of] = await tx.select({ id: refreshTokens.sessionId }).from(refreshTokens).where(eq(refreshTokens.hash, refreshHash))
  if (of === undefined) return undefined
  const [found] = await tx
    .select({ session: sessions, open: sql<boolean>`${open}` })
    .from(sessions)
    .where(eq(sessions.id, of.id))
    .for('update')
  const [token] = await tx.select({ usedAt: refreshTokens.usedAt }).from(refreshTokens).where(eq(refreshTokens.hash, refreshHash))
  return found && token && { ...found, used: token.usedAt !== null }
}

export async function rotateRefreshToken(
  { tx }: Transaction,
  session: { id: string },
  hashes: { former: Buffer; next: Buffer },
): Promise<void> {
  await tx.update(refreshTokens).set({ usedAt: sql`clock_timestamp()` }).where(eq(refreshTokens.hash, hashes.former))
  await tx.insert(refreshTokens).values({ hash: hashes.next, sessionId: session.id })
}

/** Ends one session, or all of a person. */
export async function endSessions({ tx }: Transaction, which: { id: string } | { userId: string }, reason: SessionEnd): Promise<void> {
  const these = 'id' in which ? eq(sessions.id, which.id) : eq(sessions.userId, which.userId)
  await tx
    .update(sessions)
    .set({ endedAt: sql`clock_timestamp()`, endReason: reason })
    .where(and(these, isNull(sessions.endedAt)))
}

/** Forgets sessions that expired, with their tokens. */
export async function forgetExpiredSessions({ tx }: Transaction): Promise<void> {
  await tx.delete(sessions).where(lt(sessions.expiresAt, sql`clock_timestamp()`))
}
