import { listRatebooks as listRows } from '@drayage/db/queries/ratebooks'
import { z } from 'zod'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { id } from '../wire.ts'
import { foundRatebook, withRatebooks } from './found.ts'
import { channel, ratebook, ratebookStatus, showRatebook } from './schema.ts'

export const getRatebook = operation({
  name: 'ratebook',
  permission: 'ratebook:read',
  input: z.strictObject({ id }),
  output: ratebook,
  run: async ({ transaction, scope, input }) => showRatebook(await foundRatebook(transaction.client, { id: input.id, scope })),
})

/** Published and archived books. */
export const listRatebooks = operation({
  name: 'ratebooks',
  permission: 'ratebook:read',
  input: z.strictObject({ workspaceId: id.optional(), channel: channel.optional(), status: ratebookStatus.optional(), ...pageFields }),
  output: z.object({ items: z.array(ratebook), nextCursor: z.string().optional() }).meta({ id: 'RatebookPage' }),
  run: async ({ transaction, scope, input }) => {
    const { channel, status } = input
    const rows = await listRows(transaction.client, { workspaceIds: withRatebooks(scope), channel, status, ...pageQuery(input) })
    return pageOf(rows, input, showRatebook)
  },
})
