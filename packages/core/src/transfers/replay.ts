import { insertTransfer } from '@drayage/db/queries/transfers'
import { z } from 'zod'
import { nameOf } from '../access/user-actor.ts'
import { audit } from '../audit/append.ts'
import { Fault } from '../faults.ts'
import { newId } from '../id.ts'
import { operation } from '../operation.ts'
import { id } from '../wire.ts'
import { foundTransfer, shownTransfer } from './found.ts'
import { transfer } from './schema.ts'
import { isFinal } from './states.ts'
import { storedOriginal } from './stored-file.ts'

/**
 * Imports the stored original of a transfer that has ended again, as a transfer of its own, whether its content was
 * imported before or not. It counts as later than all before it. Nothing is touched on the client's server, and nothing
 * is mailed: the results are read through the API.
 *
 * Faults: `transfer.not_found`, `transfer.not_ended`, `transfer.original_not_stored`, `file.expired`.
 */
export const replayTransfer = operation({
  name: 'replayTransfer',
  permission: 'transfer:replay',
  input: z.strictObject({ id }),
  output: transfer,
  run: async ({ ctx, transaction, scope, input }) => {
    const original = await foundTransfer(transaction, { id: input.id, scope })
    if (!isFinal(original.state)) {
      const message = `This transfer is ${original.state} and goes on by itself. Replay it when it has ended.`
      throw new Fault('conflict', 'transfer.not_ended', message, { details: { state: original.state } })
    }
    await storedOriginal(ctx, transaction, original)

    const replayId = newId()
    const by = nameOf(ctx.actor)
    const { workspaceId, ftpClientId, product, action, mode, inbox, fileName, fileId, size, sha256 } = original
    const same = { workspaceId, ftpClientId, product, action, mode, inbox, fileName, fileId, size, sha256 }
    const createdBy = 'id' in ctx.actor ? ctx.actor.id : null
    await insertTransfer(transaction, { ...same, id: replayId, replayOf: original.id, createdBy }, { by })
    await ctx.enqueue(transaction, 'transfer.run', { workspaceId, transferId: replayId })
    const after = { replayOf: original.id, fileName, sha256 }
    await audit(ctx, transaction, { workspaceId, action: 'transfer.replayed', subject: 'transfer', subjectId: replayId, product, after })
    return shownTransfer(transaction, { id: replayId, scope })
  },
})
