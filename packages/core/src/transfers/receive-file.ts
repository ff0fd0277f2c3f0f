import { storeFile } from '@drayage/db/queries/files'
import { insertTransfer } from '@drayage/db/queries/transfers'
import { z } from 'zod'
import { nameOf } from '../access/user-actor.ts'
import { Fault } from '../faults.ts'
import { newId } from '../id.ts'
import { actionOf, productOf } from '../imports/products/registry.ts'
import { operationInSteps } from '../operation.ts'
import { checkName } from '../remotes/path.ts'
import { bytes, id, productKey, transferMode } from '../wire.ts'
import { shownTransfer } from './found.ts'
import { transfer } from './schema.ts'

/** A name by the rules for names on a server: it goes into letters, logs and the names of results just the same. */
const fileName = z.string().superRefine((name, check) => {
  const reason = checkName(name)
  if (reason !== undefined) check.addIssue({ code: 'custom', message: `Use another name: ${reason}.`, params: { code: 'name_refused' } })
})

/**
 * Takes a file without a file server. It is stored as it comes, nothing else being held meanwhile, and is then a fetched
 * transfer like any other: the same importer, the same results, read through the API. A body that breaks off or is too
 * large leaves nothing.
 *
 * The same content again for the same product, action and mode is answered with `alreadyImported` once it was loaded, so
 * that a request of unknown fate can be sent again. To have it imported again, replay the transfer it names.
 *
 * Faults: `product.unknown`, `action.unknown`, `import.file_too_large`, and what `body` throws.
 */
export const receiveFile = operationInSteps({
  name: 'receiveFile',
  permission: 'import:create',
  input: z.strictObject({
    workspaceId: id,
    product: productKey,
    action: z.string().max(100),
    mode: transferMode.default('live'),
    fileName,
    body: bytes,
  }),
  output: transfer,
  run: async ({ ctx, scope, input }) => {
    const { workspaceId, product, mode, body, ...named } = input
    const { maxFileBytes } = ctx.settings
    const action = actionOf(productOf(product), named.action).key
    const [transferId, fileId] = [newId(), newId()]
    const { size, sha256, keep } = await storeFile(ctx.db, {
      workspaceId,
      fileId,
      source: body,
      onBytes: (received) => {
        if (received > maxFileBytes) throw tooLarge(maxFileBytes)
      },
    })
    return ctx.db.inWorkspace(workspaceId, async (transaction) => {
      await keep(transaction)
      const createdBy = 'id' in ctx.actor ? ctx.actor.id : null
      const made = { workspaceId, id: transferId, product, action, mode, fileName: named.fileName, fileId, size, sha256, createdBy }
      await insertTransfer(transaction, made, { by: nameOf(ctx.actor) })
      await ctx.enqueue(transaction, 'transfer.run', { workspaceId, transferId })
      return shownTransfer(transaction, { id: transferId, scope })
    })
  },
})

function tooLarge(most: number): Fault {
  const message = `The file has more than the ${most} bytes allowed. Divide it and send the parts.`
  return new Fault('unprocessable', 'import.file_too_large', message)
}
