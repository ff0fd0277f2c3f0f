import type { Transaction } from '../connect.ts'
import { eq, lt, sql } from '../drizzle.ts'
import { revokedTokens } from '../schema/sessions.ts'

export async function insertRevokedToken({ tx }: Transaction, token: { id: string; expiresAt: Date }): Promise<void> {
  await tx.insert(revokedTokens).values(token).onConflictDoNothing()
}

export async function isRevoked({ tx }: Transaction, id: string): Promise<boolean> {
  const found = await tx.select({ id: revokedTokens.id }).from(revokedTokens).where(eq(revokedTokens.id, id))
  return found.length > 0
}

export async function forgetExpiredRevocations({ tx }: Transaction): Promise<void> {
  await tx.delete(revokedTokens).where(lt(revokedTokens.expiresAt, sql`clock_timestamp()`))
}
