import type { Client } from '@drayage/db/connect'
import { findRatebookAmong, type RatebookRow } from '@drayage/db/queries/ratebooks'
import type { Scope } from '@drayage/db/queries/scope'
import { Fault } from '../faults.ts'

/** The workspaces of a scope whose ratebooks are in it. */
export function withRatebooks(scope: Scope): string[] {
  return scope.filter(({ products }) => products === 'all' || products.includes('ratebooks')).map(({ workspaceId }) => workspaceId)
}

/** Fault: `ratebook.not_found`, also for one of others. */
export async function foundRatebook(client: Client, key: { id: string; scope: Scope }): Promise<RatebookRow> {
  const found = await findRatebookAmong(client, { workspaceIds: withRatebooks(key.scope), id: key.id })
  if (found === undefined) throw new Fault('not_found', 'ratebook.not_found', 'There is no such ratebook, or it is not yours.')
  return found
}
