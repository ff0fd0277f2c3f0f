import { findOutput } from '@drayage/db/queries/transfer-outputs'
import { z } from 'zod'
import { Fault } from '../faults.ts'
import { operation } from '../operation.ts'
import { download, id } from '../wire.ts'
import { foundTransfer } from './found.ts'
import { storedFile, storedOriginal } from './stored-file.ts'

/** The file as it came. Faults: `transfer.not_found`, `transfer.original_not_stored`, `file.expired`. */
export const readOriginal = operation({
  name: 'transferOriginal',
  permission: 'transfer:read',
  input: z.strictObject({ id }),
  output: download,
  run: async ({ ctx, transaction, scope, input }) =>
    storedOriginal(ctx, transaction, await foundTransfer(transaction, { id: input.id, scope })),
})

/** A result file. Faults: `transfer.not_found`, `transfer.output_not_found`, `file.expired`. */
export const readOutput = operation({
  name: 'transferOutput',
  permission: 'transfer:read',
  input: z.strictObject({ id, kind: z.string().max(100) }),
  output: download,
  run: async ({ ctx, transaction, scope, input }) => {
    const { workspaceId, id: transferId, state } = await foundTransfer(transaction, { id: input.id, scope })
    const output = await findOutput(transaction, { workspaceId, transferId, kind: input.kind })
    if (output === undefined || output.fileId === null) {
      const message = 'The transfer has no such result file. Its outputs name those it has; there are none before it is reported.'
      throw new Fault('not_found', 'transfer.output_not_found', message, { details: { state } })
    }
    return storedFile(ctx, transaction, { workspaceId, fileId: output.fileId, name: output.name })
  },
})
