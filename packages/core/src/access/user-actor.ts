import type { Database } from '@drayage/db/connect'
import { membershipsOf } from '@drayage/db/queries/members'
import { findUser } from '@drayage/db/queries/users'
import { Fault } from '../faults.ts'
import type { Actor } from './actor.ts'

/** A person as an actor, with today's memberships. */
export async function userActor(db: Database, user: { id: string }): Promise<Actor> {
  return db.inWorkspace([], async (transaction) => {
    const found = await findUser(transaction, user.id)
    if (found === undefined) throw new Fault('unauthenticated', 'access.user_unknown', 'There is no such user. Log in again.')
    const rows = await membershipsOf(transaction, { userId: user.id })
    const memberships = rows.map(({ workspaceId, role, products }) =>
      role === 'product_admin' ? { workspaceId, role, products } : { workspaceId, role },
    )
    return { kind: 'user', id: found.id, email: found.email, operator: found.operator, memberships }
  })
}

/** The actor as people know it, for letters. */
export function nameOf(actor: Actor): string {
  return actor.kind === 'user' ? actor.email : 'Drayage'
}
