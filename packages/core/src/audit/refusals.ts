import { findWorkspace } from '@drayage/db/queries/workspaces'
import { installationId, type ProductKey } from '@drayage/db/vocabulary'
import { knows } from '../access/permit.ts'
import type { Context } from '../context.ts'
import { audit } from './append.ts'

/**
 * Somebody who said who they are asked for what they may not do. It is told where their administrators look: in the
 * workspace they asked about, if they belong to it.
 */
export async function auditRefusal(ctx: Context, asked: { operation: string; workspaceId?: string; product?: ProductKey }): Promise<void> {
  const { operation, workspaceId: named = installationId, product } = asked
  await ctx.db.inWorkspace([named, installationId], async (transaction) => {
    const theirs = knows(ctx.actor, named) && (await findWorkspace(transaction, named)) !== undefined
    const workspaceId = theirs ? named : installationId
    await audit(ctx, transaction, { workspaceId, action: 'access.refused', subject: 'operation', product, after: { operation } })
  })
}
