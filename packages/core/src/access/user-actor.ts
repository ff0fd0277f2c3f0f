import type { Database } from '@drayage/db/connect'
import { knownUser } from '@drayage/db/queries/users'
import { Fault } from '../faults.ts'
import type { Actor } from './actor.ts'

/** A person as an actor, with today's memberships. Faults: `access.user_unknown`, `session.ended`. */
export async function userActor(db: Database, user: { id: string; sessionId?: string }): Promise<Actor> {
  const { id, sessionId } = user
  const found = await db.inWorkspace([], (transaction) => knownUser(transaction, user))
  if (found === undefined) throw new Fault('unauthenticated', 'access.user_unknown', 'There is no such user. Log in again.')
  if (!found.inSession) throw sessionEnded()
  const memberships = found.memberships.map(({ workspaceId, role, products }) =>
    role === 'product_admin' ? { workspaceId, role, products } : { workspaceId, role },
  )
  return { kind: 'user', id, email: found.email, operator: found.operator, memberships, ...(sessionId && { sessionId }) }
}

/** The actor as people know it, for letters. */
export function nameOf(actor: Actor): string {
  if (actor.kind === 'user') return actor.email
  return actor.kind === 'api_client' ? `the API client ${actor.label}` : 'Drayage'
}

function sessionEnded(): Fault {
  return new Fault('unauthenticated', 'session.ended', 'Your session has ended. Log in again.')
}
