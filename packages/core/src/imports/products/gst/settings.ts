import { z } from 'zod'
import { allowance } from './line-rules.ts'

/** What may be set of an FTP client for GST. */
export const gstSettings = z.looseObject({
  /** Rupees up to which a wrong tax or total is a warning and no error. */
  taxTolerance: z.number().min(0).optional(),
  /** Passes over the operator's list of HSN and SAC codes. */
  ignoreHsnValidation: z.boolean().optional(),
  /** Registrations of units in special economic zones: what they sell or buy counts as between two states. */
  sezUnits: z.array(z.string().regex(/^[0-9A-Z]{15}$/)).optional(),
})

export type GstSettings = {
  /** Paise, one rupee at least. */
  tolerance: number
  ignoreHsnValidation: boolean
  sezUnits: ReadonlySet<string>
}

/** What is not set, or not as it should be, is as it is by default: what is wrong was refused when it was to be set. */
export function readSettings(settings: Readonly<Record<string, unknown>>): GstSettings {
  const { taxTolerance = 0, ignoreHsnValidation = false, sezUnits = [] } = gstSettings.safeParse(settings).data ?? {}
  return { tolerance: Math.max(allowance, Math.round(taxTolerance * 100)), ignoreHsnValidation, sezUnits: new Set(sezUnits) }
}
