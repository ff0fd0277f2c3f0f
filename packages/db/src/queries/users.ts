import { eq } from 'drizzle-orm'
import type { Transaction } from '../connect.ts'
import { type UserRow, users } from '../schema/users.ts'

export async function findUser({ tx }: Transaction, id: string): Promise<UserRow | undefined> {
  const [found] = await tx.select().from(users).where(eq(users.id, id))
  return found
}

/** The person with this address, made now if nobody has it. @param person.id of a new one */
export async function userWithEmail({ tx }: Transaction, person: { id: string; email: string; operator?: boolean }): Promise<UserRow> {
  await tx.insert(users).values(person).onConflictDoNothing({ target: users.email })
  const [found] = await tx.select().from(users).where(eq(users.email, person.email))
  return found as UserRow
}
