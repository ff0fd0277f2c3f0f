import { z } from 'zod'

/** What may be set of an FTP client for ratebooks. Percentages are changes from the book before that are worth a look. */
export const ratebookSettings = z.strictObject({
  /** In months. */
  terms: z.array(z.int().min(1).max(120)).min(1).max(12).default([24, 36, 48]),
  /** A book replaces only the one of its own name, instead of all of its channel. */
  multiRatebook: z.boolean().default(false),
  p11dChangePercent: z.number().positive().max(1000).default(10),
  priceChangePercent: z.number().positive().max(1000).default(25),
  /** Whether sign-ups and enquiries may go to this client; of several that may, they go to the one that was made first. */
  exports: z.boolean().default(true),
  /** When, each night, in the client's time zone. */
  exportTime: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Give a time of day as 02:00.')
    .default('02:00'),
})

export type RatebookSettings = z.output<typeof ratebookSettings>

/** What is not set, or not as it should be, is as it is by default: what is wrong was refused when it was to be set. */
export function readSettings(settings: Readonly<Record<string, unknown>>): RatebookSettings {
  const read = ratebookSettings.safeParse(settings)
  return read.success ? read.data : ratebookSettings.parse({})
}
