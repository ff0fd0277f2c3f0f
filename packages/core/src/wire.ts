import { products } from '@drayage/db/vocabulary'
import { z } from 'zod'

/** The scalars and conventions that all wire shapes share. */

export const id = z.uuid()

/** RFC 3339, UTC; a Date on our side. */
export const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC' })

export const productKey = z.enum(products).meta({ id: 'Product' })

/** One line of text that a person typed: no control characters, no invisible ones, no half characters. */
export const line = (limits: { max: number }) =>
  z
    .string()
    .trim()
    .min(1)
    .max(limits.max)
    .refine((text) => text.isWellFormed() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), {
      error: 'Use visible characters on one line only.',
      params: { code: 'not_plain_text' },
    })

export const warning = z.object({ code: z.string(), message: z.string() }).meta({ id: 'Warning' })
