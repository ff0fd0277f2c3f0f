import type { Scope } from '@drayage/db/queries/scope'
import { z } from 'zod'
import { gst } from '../imports/products/gst/product.ts'

/** What the reads of GST share. */

export const gstin = z
  .string()
  .regex(/^[0-9A-Z]{15}$/)
  .meta({ description: 'GSTIN, 15 characters in capitals' })

export const period = z
  .string()
  .regex(/^(0[1-9]|1[0-2])(19|20)[0-9]{2}$/)
  .meta({ description: 'return period, MMYYYY' })

export const rupees = z.string().meta({ description: 'rupees, with 2 decimals' })

/** First day of a period, YYYY-MM-DD. */
export function firstDayOf(name: string): string {
  return `${name.slice(2)}-${name.slice(0, 2)}-01`
}

/** Workspaces in which the actor may see what belongs to GST. */
export function workspacesOf(scope: Scope): string[] {
  return scope.filter(({ products }) => products === 'all' || products.includes(gst.key)).map(({ workspaceId }) => workspaceId)
}
