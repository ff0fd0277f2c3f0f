import type { TestDatabase } from '@drayage/db/testing'
import type { ProductKey } from '@drayage/db/vocabulary'
import type { Membership } from '../access/actor.ts'
import { newId } from '../id.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import type { Haul } from './haul.fixture.ts'
import { receiveFile } from './receive-file.ts'

/** An administrator at the API, of all products of these workspaces or of some: with the API's own rights in the database. */
export function administrator(
  database: TestDatabase,
  of: { workspaceIds: readonly string[]; products?: readonly ProductKey[] },
): TestContext {
  const { workspaceIds, products } = of
  const memberships = workspaceIds.map(
    (workspaceId): Membership =>
      products === undefined ? { workspaceId, role: 'workspace_admin' } : { workspaceId, role: 'product_admin', products },
  )
  const actor = { kind: 'user', id: newId(), email: 'admin@example.com', operator: false, memberships } as const
  return testContext({ database, actor })
}

/** A request that imports a sales register through the API; `fields` differ. */
export function importRequest(haul: Haul, content: string | Buffer, fields: Record<string, unknown> = {}): Record<string, unknown> {
  const { workspaceId } = haul.client
  return { workspaceId, product: 'gst', action: 'upload_sales', fileName: 'june.csv', body: inPieces(Buffer.from(content)), ...fields }
}

/** Sends as many registers, each of other content, that nobody imports. Their ids, oldest first. */
export async function sendRegisters(ctx: TestContext, haul: Haul, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let at = 0; at < count; at++) ids.push((await receiveFile.run(ctx, importRequest(haul, `content ${at}`))).id)
  return ids
}

async function* inPieces(content: Buffer): AsyncGenerator<Buffer, void, void> {
  for (let at = 0; at < content.length; at += 1000) yield content.subarray(at, at + 1000)
}

export async function textOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(bytes)).toString()
}
