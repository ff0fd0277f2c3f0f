import { stateName } from './states.ts'

/**
 * The shapes of a GSTIN by kind of registration: two digits of the state, then the PAN or what stands for it, then a
 * number within the state, a letter of the kind, and a check character.
 */
const shapes = {
  regular: /^\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z][Z1-9ABE-J][0-9A-Z]$/,
  tax_deductor: /^\d{2}[A-Z]{4}[A-Z0-9]\d{4}[A-Z][1-9A-Z]D[0-9A-Z]$/,
  ecommerce_operator: /^\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]C[0-9A-Z]$/,
  government: /^\d{2}[A-Z]{4}\d{5}[A-Z]\dZ\d$/,
  united_nations: /^\d{4}[A-Z]{3}\d{5}[UO]N[A-Z0-9]$/,
  non_resident: /^\d{4}[A-Z]{3}\d{5}NR[0-9A-Z]$/,
  online_service: /^99\d{2}[A-Z]{3}\d{5}OS[0-9A-Z]$/,
} as const

export type GstinKind = keyof typeof shapes

const kinds = Object.entries(shapes) as [GstinKind, RegExp][]

/** The kind of registration that a GSTIN in capitals has by its shape and state; undefined for none. */
export function gstinKind(gstin: string): GstinKind | undefined {
  const state = gstin.slice(0, 2)
  if (state !== '99' && stateName(state) === undefined) return undefined
  return kinds.find(([, shape]) => shape.test(gstin))?.[0]
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** The fifteenth character that the first fourteen ask for: digits of base 36, weighted 1, 2, 1, 2, ... and summed. */
export function checkCharacter(gstin: string): string {
  let sum = 0
  for (let at = 0; at < 14; at++) {
    const product = alphabet.indexOf(gstin.charAt(at)) * (at % 2 === 0 ? 1 : 2)
    sum += Math.floor(product / 36) + (product % 36)
  }
  return alphabet.charAt((36 - (sum % 36)) % 36)
}
