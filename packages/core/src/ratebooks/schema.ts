import type { RatebookRow } from '@drayage/db/queries/ratebooks'
import { ratebookStatuses } from '@drayage/db/vocabulary'
import { z } from 'zod'
import { id, instant } from '../wire.ts'

/** The wire shapes of ratebooks. */

export const channel = z.string().min(1).max(255)

export const ratebookStatus = z.enum(ratebookStatuses).meta({ id: 'RatebookStatus' })

export const ratebook = z
  .object({
    id: id.meta({ description: 'that of the transfer that brought it' }),
    workspaceId: id,
    channel: z.string(),
    name: z.string(),
    fileName: z.string(),
    replaces: z.enum(['channel', 'name']).meta({ id: 'RatebookReplaces', description: 'whom it takes the place of when it is published' }),
    status: ratebookStatus,
    rates: z.int(),
    vehicles: z.int(),
    createdAt: instant,
    publishedAt: instant.optional(),
    archivedAt: instant.optional(),
  })
  .meta({ id: 'Ratebook' })

export function showRatebook(row: RatebookRow): z.input<typeof ratebook> {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    publishedAt: row.publishedAt?.toISOString(),
    archivedAt: row.archivedAt?.toISOString(),
  }
}
