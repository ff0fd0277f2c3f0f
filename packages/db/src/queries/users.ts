import type { Transaction } from '../connect.ts'
import { and, eq, isNotNull, sql } from '../drizzle.ts'
import type { MemberRow } from '../schema/members.ts'
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

/** What is asked with every request of a person. */
export type KnownUser = Pick<UserRow, 'email' | 'operator'> & {
  /** Whether the session that was asked about is theirs and open. */
  inSession: boolean
  memberships: Pick<MemberRow, 'workspaceId' | 'role' | 'products'>[]
}

/** The person that somebody says they are. Needs no workspace to be entered. */
export async function knownUser({ client }: Transaction, key: { id: string; sessionId?: string }): Promise<KnownUser | undefined> {
  const { rows } = await client.query({
    name: 'known-user',
    text: 'select email, operator, in_session as "inSession", memberships from known_user($1, $2)',
    values: [key.id, key.sessionId ?? null],
  })
  return rows[0]
}

export async function findUserByEmail({ tx }: Transaction, email: string): Promise<UserRow | undefined> {
  const [found] = await tx.select().from(users).where(eq(users.email, email))
  return found
}

export async function setPasswordHash({ tx }: Transaction, user: { id: string; passwordHash: string }): Promise<void> {
  await tx.update(users).set({ passwordHash: user.passwordHash }).where(eq(users.id, user.id))
}

/** Makes the person an operator, and the only one to do so until the transaction ends. False when there is one who can log in. */
export async function makeFirstOperator({ tx }: Transaction, user: { id: string; email: string; passwordHash: string }): Promise<boolean> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('drayage.first_operator'))`)
  const there = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.operator, true), isNotNull(users.passwordHash)))
    .limit(1)
  if (there.length > 0) return false
  const set = { operator: true, passwordHash: user.passwordHash }
  await tx
    .insert(users)
    .values({ ...user, operator: true })
    .onConflictDoUpdate({ target: users.email, set })
  return true
}
