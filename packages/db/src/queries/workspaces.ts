import type { Transaction } from '../connect.ts'
import { and, desc, eq, inArray, lt, ne, sql } from '../drizzle.ts'
import { type WorkspaceRow, workspaces } from '../schema/workspaces.ts'
import { installationId } from '../vocabulary.ts'

// The installation is nobody's workspace.
const notInstallation = ne(workspaces.id, installationId)
const is = (id: string) => and(eq(workspaces.id, id), notInstallation)

/** Lets the transaction see the rows of these workspaces from here on, instead of those it was opened for. */
export async function enterWorkspaces({ client }: Transaction, ids: readonly string[]): Promise<void> {
  await client.query("select set_config('app.workspaces', $1, true)", [`{${ids.join(',')}}`])
}

/** Enters the new workspace as well: nobody could have before. */
export async function insertWorkspace(transaction: Transaction, workspace: { id: string; name: string }): Promise<WorkspaceRow> {
  await enterWorkspaces(transaction, [workspace.id])
  const [made] = await transaction.tx.insert(workspaces).values(workspace).returning()
  return made as WorkspaceRow
}

export async function findWorkspace({ tx }: Transaction, id: string): Promise<WorkspaceRow | undefined> {
  const [found] = await tx.select().from(workspaces).where(is(id))
  return found
}

/** Keeps the workspace from changing until the transaction ends. */
export async function lockWorkspace({ tx }: Transaction, id: string): Promise<WorkspaceRow | undefined> {
  const [found] = await tx.select().from(workspaces).where(is(id)).for('update')
  return found
}

/** Newest first. */
export async function listWorkspaces(
  { tx }: Transaction,
  page: { ids: readonly string[]; before?: string; limit: number },
): Promise<WorkspaceRow[]> {
  return tx
    .select()
    .from(workspaces)
    .where(and(inArray(workspaces.id, [...page.ids]), page.before === undefined ? undefined : lt(workspaces.id, page.before)))
    .orderBy(desc(workspaces.id))
    .limit(page.limit)
}

/** Ids of all workspaces there are, newest first. Runs as the sweep role. */
export async function everyWorkspaceId({ tx }: Transaction, page: { before?: string; limit: number }): Promise<string[]> {
  const rows = await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(and(notInstallation, page.before === undefined ? undefined : lt(workspaces.id, page.before)))
    .orderBy(desc(workspaces.id))
    .limit(page.limit)
  return rows.map((row) => row.id)
}

export async function renameWorkspace({ tx }: Transaction, change: { id: string; name: string }): Promise<WorkspaceRow> {
  const [changed] = await tx
    .update(workspaces)
    .set({ name: change.name, version: sql`${workspaces.version} + 1`, updatedAt: sql`clock_timestamp()` })
    .where(eq(workspaces.id, change.id))
    .returning()
  return changed as WorkspaceRow
}
