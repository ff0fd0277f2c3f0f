import { type CellKind, oneOf, type ReadCell, repeated, type Say, text, wrong } from '../../cells.ts'

/** Kinds of cells of a ratebook. Numbers are digits and a decimal point: no currency sign, no separators, 0 for nothing. */

/** An amount in pounds. */
export const money: CellKind = { type: 'numeric(12, 2)', reader: (noun) => amount(noun) }

/** A count, such as months or miles. */
export function count({ digits }: { digits: number }): CellKind {
  const plain = new RegExp(`^\\d{1,${digits}}$`)
  const reader =
    (noun: string): ReadCell =>
    (cell, say) => {
      if (plain.test(cell)) return cell
      const trimmed = cell.trim()
      if (trimmed === '' || plain.test(trimmed)) return trimmed
      if (/^-\d/.test(trimmed)) return wrong(say, `${noun}.negative`, 'is negative; correct it.')
      const message = `is not a whole number of at most ${digits} digits; write digits alone, without separators.`
      return wrong(say, `${noun}.unreadable`, message)
    }
  return { type: 'integer', reader }
}

/** A figure that is shown and not reckoned with: one that cannot be read is left out, and the row is kept. */
export const figure: CellKind = {
  type: 'numeric',
  reader: (noun) =>
    repeated((cell, say) => {
      if (/^\d{1,9}(\.\d{1,6})?$/.test(cell)) return cell
      say('warning', `${noun}.unreadable`, 'is not a number and was left out; write digits and a decimal point.')
      return ''
    }),
}

export const flag: CellKind = {
  type: 'boolean',
  reader: (noun) =>
    repeated((cell, say) => {
      const read = flags.get(cell.toLowerCase())
      if (read === undefined) say('warning', `${noun}.unreadable`, 'is neither true nor false and was left out.')
      return read ?? ''
    }),
}
const flags = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((word): [string, string] => [word, 't']),
  ...['false', 'f', 'no', 'n', '0'].map((word): [string, string] => [word, 'f']),
])

/** As the industry's vehicle data writes them, CAP's among them. */
export const fuelType = oneOf(
  [
    'petrol',
    'diesel',
    'electric',
    'petrol_hybrid',
    'diesel_hybrid',
    'petrol_plug_in_hybrid',
    'diesel_plug_in_hybrid',
    'range_extender',
    'hydrogen',
    'lpg',
    'ethanol',
  ],
  {
    P: 'petrol',
    'Unleaded Petrol': 'petrol',
    'Petrol/Unleaded': 'petrol',
    D: 'diesel',
    E: 'electric',
    EV: 'electric',
    BEV: 'electric',
    Hybrid: 'petrol_hybrid',
    HEV: 'petrol_hybrid',
    'Petrol/Electric': 'petrol_hybrid',
    'Petrol/Electric Hybrid': 'petrol_hybrid',
    'Hybrid Petrol': 'petrol_hybrid',
    'Diesel/Electric': 'diesel_hybrid',
    'Diesel/Electric Hybrid': 'diesel_hybrid',
    'Hybrid Diesel': 'diesel_hybrid',
    PHEV: 'petrol_plug_in_hybrid',
    'Plug-in Hybrid': 'petrol_plug_in_hybrid',
    'Petrol/PlugIn Elec Hybrid': 'petrol_plug_in_hybrid',
    'Petrol Plug-in Hybrid Electric': 'petrol_plug_in_hybrid',
    'Diesel/PlugIn Elec Hybrid': 'diesel_plug_in_hybrid',
    'Electric Petrol REX': 'range_extender',
    'Electric Diesel REX': 'range_extender',
    'Hydrogen Fuel Cell': 'hydrogen',
    'Hydrogen Electric': 'hydrogen',
    'Petrol/LPG': 'lpg',
    'Bi Fuel': 'lpg',
    'Petrol/Bio-Ethanol (E85)': 'ethanol',
    E85: 'ethanol',
  },
)

/** One line of words. */
export const words = text(200)

function amount(noun: string): ReadCell {
  return (cell, say) => (/^\d{1,9}(\.\d{1,2})?$/.test(cell) ? cell : readAmount(cell.trim(), { noun, say }))
}

function readAmount(cell: string, { noun, say }: { noun: string; say: Say }): string | undefined {
  if (cell === '' || /^\d{1,9}(\.\d{1,2})?$/.test(cell)) return cell
  if (/^\d{1,9}\.\d+$/.test(cell)) {
    say('notice', `${noun}.rounded`, 'has more than 2 decimals and was rounded.')
    return toPence(cell)
  }
  if (/^-\s*£?\d/.test(cell)) return wrong(say, `${noun}.negative`, 'is negative; correct it.')
  const message = 'is not an amount; write digits and a decimal point, such as 245.50, without £ or separators, and 0 for nothing.'
  return wrong(say, `${noun}.unreadable`, message)
}

/** Half a penny is rounded up; reckoned in whole numbers, so that none is lost. */
function toPence(amount: string): string {
  const [pounds = '', decimals = ''] = amount.split('.')
  const pence = BigInt(pounds + decimals.slice(0, 2)) + (Number(decimals[2]) < 5 ? 0n : 1n)
  return String(pence).padStart(3, '0').replace(/(..)$/, '.$1')
}
