import type { Scope } from '@drayage/db/queries/scope'
import type { ProductKey } from '@drayage/db/vocabulary'
import { Fault } from '../faults.ts'
import type { Actor } from './actor.ts'
import { type Permission, permittedTo } from './permissions.ts'

/**
 * The rows the actor may touch with this permission, narrowed to the workspace and product that the input names. What is
 * named by its id alone must be looked up within the scope, so that a foreign thing is not found.
 *
 * An operator's scope is empty where no workspace is named: see `isOperatorWith`. So is that of what needs no role.
 * Faults: `workspace.not_found` for a workspace the actor knows nothing of, `access.not_permitted`, `access.not_logged_in`.
 */
export function permit(actor: Actor, wanted: { permission: Permission; workspaceId?: string; product?: ProductKey }): Scope {
  const { permission, workspaceId, product } = wanted
  const roles = permittedTo(permission)
  if (roles.includes('anyone')) return []
  if (actor.kind === 'anonymous') throw notLoggedIn()
  if (actor.kind === 'system') throw notPermitted(permission)
  if (roles.includes('known') || (actor.kind === 'user' && roles.includes('user'))) return []
  if (isOperatorWith(actor, permission)) return workspaceId === undefined ? [] : [{ workspaceId, products: 'all' }]

  const scope = reachOf(actor, permission)
  if (workspaceId === undefined) {
    if (scope.length === 0) throw notPermitted(permission)
    return scope
  }
  if (!knows(actor, workspaceId)) throw workspaceNotFound()
  const there = scope.filter((grant) => grant.workspaceId === workspaceId)
  const enough = there.some((grant) => product === undefined || grant.products === 'all' || grant.products.includes(product))
  if (!enough) throw notPermitted(permission)
  return there
}

/** Whether the actor's being an operator is what permits this, in every workspace. */
export function isOperatorWith(actor: Actor, permission: Permission): boolean {
  return actor.kind === 'user' && actor.operator && permittedTo(permission).includes('operator')
}

type Known = Exclude<Actor, { kind: 'system' | 'anonymous' }>

/** Where the actor has the permission. */
function reachOf(actor: Known, permission: Permission): Scope {
  const roles = permittedTo(permission)
  if (actor.kind === 'api_client') {
    const { workspaceId, product, scopes } = actor
    if (!roles.includes('api_client') || !scopes.includes(permission)) return []
    return [{ workspaceId, products: product === undefined ? 'all' : [product] }]
  }
  return actor.memberships
    .filter((membership) => roles.includes(membership.role))
    .map((membership) => ({
      workspaceId: membership.workspaceId,
      products: membership.role === 'product_admin' ? membership.products : ('all' as const),
    }))
}

/** Whether the actor may know that there is such a workspace. */
export function knows(actor: Actor, workspaceId: string): boolean {
  if (actor.kind === 'api_client') return actor.workspaceId === workspaceId
  return actor.kind === 'user' && (actor.operator || actor.memberships.some((membership) => membership.workspaceId === workspaceId))
}

export function workspaceNotFound(): Fault {
  return new Fault('not_found', 'workspace.not_found', 'There is no such workspace, or you are not a member of it.')
}

function notLoggedIn(): Fault {
  return new Fault('unauthenticated', 'access.not_logged_in', 'Say who you are: log in, or send an access token.')
}

function notPermitted(permission: Permission): Fault {
  return new Fault('forbidden', 'access.not_permitted', 'Your role does not permit this. Ask an administrator of the workspace.', {
    details: { permission },
  })
}
