import type { Scope } from '@drayage/db/queries/scope'
import type { ProductKey, Role } from '@drayage/db/vocabulary'
import { Fault } from '../faults.ts'
import type { Actor } from './actor.ts'
import { type Permission, permissions } from './permissions.ts'

/**
 * The rows the actor may touch with this permission, narrowed to the workspace and product that the input names. What is
 * named by its id alone must be looked up within the scope, so that a foreign thing is not found.
 *
 * An operator's scope is empty where no workspace is named: see `isOperatorWith`.
 * Faults: `workspace.not_found` for a workspace the actor knows nothing of, `access.not_permitted`.
 */
export function permit(actor: Actor, wanted: { permission: Permission; workspaceId?: string; product?: ProductKey }): Scope {
  const { permission, workspaceId, product } = wanted
  const roles: readonly (Role | 'operator')[] = permissions[permission]
  if (actor.kind === 'system') throw notPermitted(permission)

  if (isOperatorWith(actor, permission)) return workspaceId === undefined ? [] : [{ workspaceId, products: 'all' }]
  const scope = actor.memberships
    .filter((membership) => roles.includes(membership.role))
    .map((membership) => ({
      workspaceId: membership.workspaceId,
      products: membership.role === 'product_admin' ? membership.products : ('all' as const),
    }))
  if (workspaceId === undefined) {
    if (scope.length === 0) throw notPermitted(permission)
    return scope
  }
  const known = actor.operator || actor.memberships.some((membership) => membership.workspaceId === workspaceId)
  if (!known) throw workspaceNotFound()
  const there = scope.filter((grant) => grant.workspaceId === workspaceId)
  const enough = there.some((grant) => product === undefined || grant.products === 'all' || grant.products.includes(product))
  if (!enough) throw notPermitted(permission)
  return there
}

/** Whether the actor's being an operator is what permits this, in every workspace. */
export function isOperatorWith(actor: Actor, permission: Permission): boolean {
  const roles: readonly (Role | 'operator')[] = permissions[permission]
  return actor.kind === 'user' && actor.operator && roles.includes('operator')
}

export function workspaceNotFound(): Fault {
  return new Fault('not_found', 'workspace.not_found', 'There is no such workspace, or you are not a member of it.')
}

function notPermitted(permission: Permission): Fault {
  return new Fault('forbidden', 'access.not_permitted', 'Your role does not permit this. Ask an administrator of the workspace.', {
    details: { permission },
  })
}
