import { products, transferModes } from '@drayage/db/vocabulary'
import { z } from 'zod'

/** The scalars and conventions that all wire shapes share. */

export const id = z.uuid()

/** RFC 3339, UTC; a Date on our side. */
export const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC' })

export const productKey = z.enum(products).meta({ id: 'Product' })

export const transferMode = z
  .enum(transferModes)
  .meta({ id: 'TransferMode', description: 'test judges and reports a file like live, and keeps nothing of it' })

/** How large a file is; more than 32 bits. */
export const byteCount = z.int().meta({ id: 'ByteCount' })

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

/**
 * A list of things that stands within another thing and has no pages. `most` is how many there are at the utmost as a rule,
 * which is what a transport counts where it limits how much can be asked for at once; nothing is cut off.
 */
export function listOf<Element extends z.ZodType>(element: Element, { most }: { most: number }): z.ZodArray<Element> {
  return z.array(element).register(lengths, { most })
}

/** What `listOf` said of a list; undefined for every other schema. */
export function mostOf(schema: z.ZodType): number | undefined {
  return lengths.get(schema)?.most
}
const lengths = z.registry<{ most: number }>()

export const warning = z.object({ code: z.string(), message: z.string() }).meta({ id: 'Warning' })

/**
 * The bytes of a file, as they come. A field of this schema makes an operation one that only transports can bind which
 * carry bytes.
 */
export const bytes = z
  .custom<AsyncIterable<Buffer>>((value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value)
  .meta({ id: 'Bytes', description: 'the bytes of a file' })

/** What an operation that hands out a file replies. The bytes are read as they are taken, after the operation has ended. */
export const download = z
  .object({ name: z.string(), contentType: z.string(), size: z.int(), sha256: z.string(), bytes })
  .meta({ id: 'Download', description: 'a file; the shells send its bytes as they are' })
