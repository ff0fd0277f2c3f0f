import type { Transaction } from '../connect.ts'
import { and, desc, eq, lt, sql } from '../drizzle.ts'
import { type MemberRow, members } from '../schema/members.ts'
import { users } from '../schema/users.ts'

type MemberKey = { workspaceId: string; id: string }
const is = (key: MemberKey) => and(eq(members.workspaceId, key.workspaceId), eq(members.id, key.id))

export type MemberWithEmail = MemberRow & { email: string }

/** The memberships of one person, in whatever workspaces they are. Needs no workspace to be entered. */
export async function membershipsOf({ tx, client }: Transaction, key: { userId: string }): Promise<MemberRow[]> {
  await client.query("select set_config('app.user', $1, true)", [key.userId])
  return tx.select().from(members).where(eq(members.userId, key.userId))
}

export async function insertMember({ tx }: Transaction, member: typeof members.$inferInsert): Promise<void> {
  await tx.insert(members).values(member)
}

export async function findMember({ tx }: Transaction, key: MemberKey): Promise<MemberWithEmail | undefined> {
  const [found] = await tx.select().from(members).innerJoin(users, eq(users.id, members.userId)).where(is(key))
  return found === undefined ? undefined : { ...found.members, email: found.users.email }
}

/** Newest first; all of them where no page is asked for. */
export async function listMembers(
  { tx }: Transaction,
  key: { workspaceId: string; before?: string; limit?: number },
): Promise<MemberWithEmail[]> {
  const query = tx
    .select()
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.workspaceId, key.workspaceId), key.before === undefined ? undefined : lt(members.id, key.before)))
    .orderBy(desc(members.id))
  const rows = await (key.limit === undefined ? query : query.limit(key.limit))
  return rows.map((row) => ({ ...row.members, email: row.users.email }))
}

export async function updateMember({ tx }: Transaction, key: MemberKey, set: Pick<MemberRow, 'role' | 'products'>): Promise<void> {
  await tx
    .update(members)
    .set({ ...set, version: sql`${members.version} + 1` })
    .where(is(key))
}

export async function deleteMember({ tx }: Transaction, key: MemberKey): Promise<void> {
  await tx.delete(members).where(is(key))
}

/** Ids of the workspace's admins; nobody else changes who they are until the transaction ends. */
export async function lockAdmins({ tx }: Transaction, key: { workspaceId: string }): Promise<string[]> {
  const rows = await tx
    .select({ id: members.id })
    .from(members)
    .where(and(eq(members.workspaceId, key.workspaceId), eq(members.role, 'workspace_admin')))
    .for('update')
  return rows.map((row) => row.id)
}
