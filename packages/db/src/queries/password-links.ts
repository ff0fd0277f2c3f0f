import type { Transaction } from '../connect.ts'
import { and, eq, gt, lt, sql } from '../drizzle.ts'
import { passwordLinks } from '../schema/sessions.ts'

export async function insertPasswordLink({ tx }: Transaction, link: { hash: Buffer; userId: string; lifeSeconds: number }): Promise<void> {
  const { hash, userId, lifeSeconds } = link
  await tx.insert(passwordLinks).values({ hash, userId, expiresAt: sql`clock_timestamp() + make_interval(secs => ${lifeSeconds})` })
}

const good = (hash: Buffer) => and(eq(passwordLinks.hash, hash), gt(passwordLinks.expiresAt, sql`clock_timestamp()`))

export async function isPasswordLink({ tx }: Transaction, hash: Buffer): Promise<boolean> {
  return (await tx.select({ userId: passwordLinks.userId }).from(passwordLinks).where(good(hash))).length === 1
}

/** Whose link it is. Whoever asks for it at the same time waits, and then finds none: it is used by one. */
export async function takePasswordLink({ tx }: Transaction, hash: Buffer): Promise<{ userId: string } | undefined> {
  const [taken] = await tx.delete(passwordLinks).where(good(hash)).returning({ userId: passwordLinks.userId })
  return taken
}

export async function deletePasswordLinks({ tx }: Transaction, of: { userId: string }): Promise<void> {
  await tx.delete(passwordLinks).where(eq(passwordLinks.userId, of.userId))
}

export async function forgetExpiredPasswordLinks({ tx }: Transaction): Promise<void> {
  await tx.delete(passwordLinks).where(lt(passwordLinks.expiresAt, sql`clock_timestamp()`))
}
