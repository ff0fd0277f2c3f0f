import type { Transaction } from '@drayage/db/connect'
import { membershipsOf } from '@drayage/db/queries/members'
import { enterWorkspaces } from '@drayage/db/queries/workspaces'
import type { UserRow } from '@drayage/db/schema/users'
import { installationId } from '@drayage/db/vocabulary'
import { type AuditEvent, audit } from '../audit/append.ts'
import type { Context } from '../context.ts'

/**
 * Something a person did as themselves: told in every workspace they are a member of, and in the installation. The
 * transaction sees these workspaces from here on.
 */
export async function auditUser(
  ctx: Context,
  transaction: Transaction,
  user: UserRow,
  event: Pick<AuditEvent, 'action' | 'subject' | 'subjectId' | 'after'>,
): Promise<void> {
  const memberships = await membershipsOf(transaction, { userId: user.id })
  // Always in one order: two people of the same workspaces would otherwise wait for each other.
  const trails = [installationId, ...memberships.map((membership) => membership.workspaceId)].sort()
  await enterWorkspaces(transaction, trails)
  const { id, email, operator } = user
  const as: Context = { ...ctx, actor: { kind: 'user', id, email, operator, memberships: [] } }
  for (const workspaceId of trails) await audit(as, transaction, { workspaceId, ...event })
}
