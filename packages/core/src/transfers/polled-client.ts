import type { Database } from '@drayage/db/connect'
import { findPolledClients, type PolledClient } from '@drayage/db/queries/looks'
import type { Context } from '../context.ts'
import { together } from '../together.ts'

type ClientKey = { workspaceId: string; ftpClientId: string }

/** Looks of one database that begin in the same moment ask it together: at an idle folder that is all they ask. */
const finders = new WeakMap<Database, (key: ClientKey) => Promise<PolledClient | undefined>>()

/** A client that is to be looked at; undefined for one that is not active, or stopped until a person acts. */
export function findPolledClient({ db }: Context, key: ClientKey): Promise<PolledClient | undefined> {
  const find = finders.get(db) ?? together((keys: readonly ClientKey[]) => findAll(db, keys))
  finders.set(db, find)
  return find(key)
}

async function findAll(db: Database, keys: readonly ClientKey[]): Promise<(PolledClient | undefined)[]> {
  const workspaces = [...new Set(keys.map(({ workspaceId }) => workspaceId))]
  const found = await db.inWorkspace(workspaces, (transaction) => findPolledClients(transaction, keys))
  const byId = new Map(found.map((polled) => [`${polled.client.workspaceId} ${polled.client.id}`, polled]))
  return keys.map(({ workspaceId, ftpClientId }) => byId.get(`${workspaceId} ${ftpClientId}`))
}
