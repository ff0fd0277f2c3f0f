import type { KeyObject } from 'node:crypto'
import type { Database } from '@drayage/db/connect'
import { everyWorkspaceId } from '@drayage/db/queries/workspaces'
import { installationId } from '@drayage/db/vocabulary'
import { type ChainVerdict, verifyChain } from './chain.ts'

export type TrailVerdict = { chains: number; events: number; sealed: number; broken: number }

/** Walks every chain there is, and the installation's. `onChain` is told about each. */
export async function verifyTrail(
  db: Database,
  options: {
    sealKey: { id: string; publicKey: KeyObject }
    onChain(chain: ChainVerdict & { workspaceId: string }): void
    pageSize?: number
  },
): Promise<TrailVerdict> {
  const { sealKey, onChain, pageSize: limit = 500 } = options
  const total = { chains: 0, events: 0, sealed: 0, broken: 0 }
  const verify = async (workspaceId: string) => {
    const verdict = await db.inWorkspace(workspaceId, (transaction) => verifyChain(transaction, { workspaceId }, { sealKey }))
    onChain({ workspaceId, ...verdict })
    total.chains += 1
    total.events += verdict.events
    total.sealed += verdict.sealed
    if (verdict.broken !== undefined) total.broken += 1
  }
  await verify(installationId)
  let before: string | undefined
  for (;;) {
    const ids = await db.sweep((transaction) => everyWorkspaceId(transaction, { before, limit }))
    for (const id of ids) await verify(id)
    before = ids.at(-1)
    if (ids.length < limit) return total
  }
}
