import { financialYear } from '../dates.ts'
import type { Cells, Filer, Reckoning } from './section.ts'

/** Whether a supply stays within the filer's state. */
export function isIntraState({ pos }: Cells, { state }: Filer): boolean {
  return pos === state
}

/** Only regular supplies and deemed exports of an invoice can stay within the state. */
const regularIntraState = (cells: Cells, filer: Filer) => isIntraState(cells, filer) && (cells.inv_typ === 'R' || cells.inv_typ === 'DE')
const never = () => false

/** Supplies whose tax the return leaves out: to special zones and abroad under bond. */
const isUntaxed = ({ inv_typ, exp_typ, typ }: Cells) => inv_typ === 'SEWOP' || exp_typ === 'WOPAY' || typ === 'EXPWOP'

/** Taxes of an invoice or note to somebody registered. */
export const invoiceTax = tax({ base: 'txval', intraState: regularIntraState })
/** Taxes of what bears no kind of supply: the place alone decides. */
export const placeTax = tax({ base: 'txval', intraState: isIntraState })
export const advanceTax = tax({ base: 'ad_amt', intraState: isIntraState })
/** Tax of what always leaves the state or the country. */
export const interStateTax = tax({ base: 'txval', intraState: never })

/** All three taxes, those that are not due with 0. */
export const everyTax: Reckoning = (cells, filer) => ({ iamt: 0, camt: 0, samt: 0, ...placeTax(cells, filer) })

function tax({ base, intraState }: { base: 'txval' | 'ad_amt'; intraState(cells: Cells, filer: Filer): boolean }): Reckoning {
  return (cells, filer): Cells => {
    if (isUntaxed(cells)) return { iamt: 0, csamt: 0 }
    const due = (halves: 1 | 2) => taxOn(Number(cells[base]), { rate: Number(cells.rt), share: Number(cells.diff_percent ?? 1), halves })
    if (!intraState(cells, filer)) return { iamt: due(1) }
    const half = due(2)
    return { camt: half, samt: half }
  }
}

/** Rupees of tax, half a paisa rounded away from zero. Reckoned in whole numbers, so that no half is lost. */
export function taxOn(rupees: number, { rate, share, halves }: { rate: number; share: number; halves: 1 | 2 }): number {
  const whole = (value: number, places: number) => BigInt(Math.round(value * 10 ** places))
  const product = whole(rupees, 2) * whole(rate, 3) * whole(share, 2)
  const divisor = 10n ** 7n * BigInt(halves)
  const magnitude = product < 0n ? -product : product
  const paise = (magnitude * 2n + divisor) / (divisor * 2n)
  return Number(product < 0n ? -paise : paise) / 100
}

/** An item of an invoice is numbered by its rate. */
export const itemNumber: Reckoning = ({ rt }) => ({ num: Math.round(Number(rt) * 100) + 1 })

export const supplyType: Reckoning = (cells, filer) => ({ sply_ty: isIntraState(cells, filer) ? 'INTRA' : 'INTER' })

/** The period that is amended, MMYYYY: of a year from April to March. */
export const originalPeriod: Reckoning = ({ fy, omonth }) => {
  const begin = Number(String(fy).slice(0, 4))
  const year = financialYear(`${begin}-${omonth}-01`) === begin ? begin : begin + 1
  return { omon: `${omonth}${year}` }
}

/** What stands in every row of an operator's sections. */
export const unflagged: Reckoning = () => ({ flag: 'N' })
