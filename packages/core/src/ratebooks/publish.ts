import { lockProductFor } from '@drayage/db/queries/imports'
import { publishRatebook as publishRow } from '@drayage/db/queries/ratebooks'
import { z } from 'zod'
import { audit } from '../audit/append.ts'
import { Fault } from '../faults.ts'
import { operation } from '../operation.ts'
import { id } from '../wire.ts'
import { foundRatebook } from './found.ts'
import { ratebook, showRatebook } from './schema.ts'

const patienceMs = 3000

/**
 * Publishes an archived book again; those it replaces are archived in the same moment. A book that is published stays so.
 * Faults: `ratebook.not_found`, `ratebook.import_running`.
 */
export const publishRatebook = operation({
  name: 'publishRatebook',
  permission: 'ratebook:publish',
  input: z.strictObject({ id }),
  output: ratebook,
  run: async ({ ctx, transaction, scope, input }) => {
    const { client } = transaction
    const { workspaceId } = await foundRatebook(client, { id: input.id, scope })
    const product = 'ratebooks'
    if (!(await lockProductFor(client, { workspaceId, product, patienceMs }))) {
      const message = 'A ratebook is being imported at this moment. Try again when it is published.'
      throw new Fault('conflict', 'ratebook.import_running', message)
    }
    const before = await foundRatebook(client, { id: input.id, scope })
    if (before.status === 'published') return showRatebook(before)
    await publishRow(client, { workspaceId, id: input.id })
    const after = await foundRatebook(client, { id: input.id, scope })
    await audit(ctx, transaction, {
      workspaceId,
      action: 'ratebook.published',
      subject: 'ratebook',
      subjectId: input.id,
      product,
      before: { status: before.status },
      after: { status: after.status, channel: after.channel, name: after.name },
    })
    return showRatebook(after)
  },
})
