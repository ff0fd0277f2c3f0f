import { enterWorkspaces, listWorkspaces } from '@drayage/db/queries/workspaces'
import { roles } from '@drayage/db/vocabulary'
import { z } from 'zod'
import { operation } from '../operation.ts'
import { id, listOf, productKey } from '../wire.ts'

const place = z
  .object({
    workspaceId: id,
    name: z.string(),
    role: z.enum(roles).meta({ id: 'Role' }).optional().meta({ description: 'of a person; an API client has scopes instead' }),
    products: z.array(productKey).optional().meta({ description: 'left out where it is all of them' }),
  })
  .meta({ id: 'Place' })

export const me = z
  .object({
    kind: z.enum(['user', 'api_client']),
    id,
    email: z.string().optional(),
    label: z.string().optional(),
    operator: z.boolean(),
    scopes: z.array(z.string()),
    workspaces: listOf(place, { most: 100 }),
  })
  .meta({ id: 'Me' })

/** Who asks, and where they may do what. */
export const getMe = operation({
  name: 'me',
  permission: 'me:read',
  input: z.strictObject({}),
  output: me,
  run: async ({ ctx: { actor }, transaction }) => {
    if (actor.kind !== 'user' && actor.kind !== 'api_client') throw new Error(`${actor.kind} has no self`)
    const places: Omit<z.input<typeof place>, 'name'>[] =
      actor.kind === 'api_client'
        ? [{ workspaceId: actor.workspaceId, ...(actor.product && { products: [actor.product] }) }]
        : actor.memberships.map((membership) => ({
            ...membership,
            products: 'products' in membership ? [...membership.products] : undefined,
          }))
    const ids = places.map((there) => there.workspaceId)
    await enterWorkspaces(transaction, ids)
    const names = new Map((await listWorkspaces(transaction, { ids, limit: ids.length })).map((row) => [row.id, row.name]))
    const workspaces = places.map((there) => ({ ...there, name: names.get(there.workspaceId) ?? '' }))
    const { kind, id } = actor
    return actor.kind === 'user'
      ? { kind, id, email: actor.email, operator: actor.operator, scopes: [], workspaces }
      : { kind, id, label: actor.label, operator: false, scopes: [...actor.scopes], workspaces }
  },
})
