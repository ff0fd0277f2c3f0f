import { indianDay, lastOfMonth } from '../dates.ts'
import { hasEnded, ratesEndedOn } from '../rates.ts'
import type { Cells, SectionRule } from './section.ts'

/** Rules that several sections have. Cells that are empty or wrong break none but those that ask for them. */

/** A rate may still be due in later periods, for what was supplied before it ended. */
export const rateStands: SectionRule = {
  code: 'rate.ended',
  severity: 'warning',
  field: 'rt',
  broken: ({ rt }, { period }) => rt !== undefined && hasEnded(Number(rt), lastOfMonth(period)),
  message: () => `is a rate that ended on ${indianDay(ratesEndedOn)}; make sure that it still applies.`,
}

/** Operators' supplies stand in sections of their own. */
export const noOperator: SectionRule = {
  code: 'e_commerce_gstin.not_here',
  severity: 'error',
  field: 'etin',
  broken: ({ etin }) => etin !== undefined,
  message: () => 'must be empty in this section; report supplies through an operator in the ECO sections, and empty this cell.',
}

/** What the kind of a supply says of its reverse charge. */
export const reverseChargeOfKind: readonly SectionRule[] = [
  {
    code: 'reverse_charge.missing',
    severity: 'error',
    field: 'rchrg',
    broken: ({ inv_typ, rchrg }) => inv_typ === 'CBW' && rchrg === 'N',
    message: () => 'must be Y for an intra-State supply that attracts IGST; correct it or the type.',
  },
  {
    code: 'reverse_charge.on_deemed_export',
    severity: 'error',
    field: 'rchrg',
    broken: ({ inv_typ, rchrg }) => inv_typ === 'DE' && rchrg === 'Y',
    message: () => 'must be N for a deemed export, whose tax the supplier pays; correct it or the type.',
  },
]

/** Nobody supplies themselves. */
export function notTheFiler(field: string): SectionRule {
  return {
    code: 'gstin.same_as_filer',
    severity: 'error',
    field,
    broken: (cells, { gstin }) => cells[field] === gstin,
    message: () => "is the filer's own, as in the name of the file; write the GSTIN of the other party.",
  }
}

/** Supplies within the state stand elsewhere. */
export const leavesTheState: SectionRule = {
  code: 'place_of_supply.within_state',
  severity: 'error',
  field: 'pos',
  broken: ({ pos }, { state }) => pos === state,
  message: (_, { state }) =>
    `is the filer's own state, ${state}; this section is of supplies to other states. Report it in B2CS or correct it.`,
}

/** An invoice to somebody unregistered is large above so many rupees, by the period of the return: less since August 2024. */
const large = { before: '2024-08-01', rupees: 250_000, since: 100_000 }

export function largeInvoice(period: string): number {
  return period < large.before ? large.rupees : large.since
}

/** The same as SQL, of a period in it. */
export function largeInvoiceSql(period: string): string {
  return `case when ${period} < '${large.before}' then ${large.rupees} else ${large.since} end`
}

export const isLarge: SectionRule = {
  code: 'invoice_value.not_large',
  severity: 'error',
  field: 'val',
  broken: ({ val }, { period }) => val !== undefined && Number(val) <= largeInvoice(period),
  message: (_, { period }) => `is not more than ${largeInvoice(period)}, so the invoice is not large; report it in B2CS.`,
}

/** An amount that must be more than 0. */
export function moreThanNothing(field: string): SectionRule {
  return {
    code: 'amount.zero',
    severity: 'error',
    field,
    broken: (cells) => cells[field] === 0,
    message: () => 'is 0; write the amount, or leave the row out.',
  }
}

/** Taxes go up or down with what they are reckoned from. */
export function sameSign(field: string, base: string): SectionRule {
  return {
    code: 'amount.sign_differs',
    severity: 'error',
    field,
    broken: (cells) => Number(cells[field] ?? 0) * Number(cells[base] ?? 0) < 0,
    message: (cells) => `has another sign than the ${cells[base]} it belongs to; correct one of them.`,
  }
}

/** Number and date of a bill come together. */
export const billIsWhole: readonly SectionRule[] = [
  {
    code: 'shipping_bill_number.missing',
    severity: 'error',
    field: 'sbnum',
    broken: ({ sbnum, sbdt }) => sbnum === undefined && sbdt !== undefined,
    message: () => 'is missing, and the Shipping Bill Date is there; write both or neither.',
  },
  {
    code: 'shipping_bill_date.missing',
    severity: 'error',
    field: 'sbdt',
    broken: ({ sbnum, sbdt }) => sbnum !== undefined && sbdt === undefined,
    message: () => 'is missing, and the Shipping Bill Number is there; write both or neither.',
  },
]

const isExport = ({ typ }: Cells) => typ === 'EXPWP' || typ === 'EXPWOP'

/** What goes with the kind of a note to somebody unregistered. */
export const kindOfUnregistered: readonly SectionRule[] = [
  {
    code: 'place_of_supply.missing',
    severity: 'error',
    field: 'pos',
    broken: ({ typ, pos }) => typ === 'B2CL' && pos === undefined,
    message: () => 'is empty; write the state for a note of UR Type B2CL.',
  },
  {
    code: 'place_of_supply.on_export',
    severity: 'error',
    field: 'pos',
    broken: (cells) => isExport(cells) && cells.pos !== undefined,
    message: () => 'must be empty for a note on an export; empty it or correct the UR Type.',
  },
  {
    code: 'applicable_share.on_export',
    severity: 'error',
    field: 'diff_percent',
    broken: (cells) => isExport(cells) && cells.diff_percent === 0.65,
    message: () => 'must be 100 or empty for a note on an export; correct it or the UR Type.',
  },
]
