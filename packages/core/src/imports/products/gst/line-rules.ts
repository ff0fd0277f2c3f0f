import { rupees } from './amounts.ts'
import { indianDay } from './dates.ts'
import type { DocumentFacts, LineFacts } from './document-facts.ts'
import { hasBegun, hasEnded, ratesBeganOn, ratesEndedOn } from './rates.ts'
import type { LineRule } from './register.ts'

/** Paise by which a tax or a total may differ from the one computed, as the invoice portal allows. */
export const allowance = 100

/** Rules of sales and purchases over a line. */
export const lineRules: readonly LineRule[] = [
  {
    code: 'hsn_or_sac_code.missing',
    severity: 'notice',
    field: 'hsn_or_sac_code',
    broken: ({ code, category }) => code === '' && category !== '',
    message: () => 'is empty; most returns ask for it.',
  },
  {
    code: 'item_category.differs_from_code',
    severity: 'warning',
    field: 'item_category',
    broken: ({ category, code = '' }) => category !== '' && code !== '' && (category === 'S') !== isService(code),
    message: ({ code }) =>
      `does not go with the code ${code}; codes of services begin with 99, all others are goods. Correct one of the two.`,
  },
  {
    code: 'item_unit_code.missing',
    severity: 'notice',
    field: 'item_unit_code',
    broken: ({ hasQuantity, hasUnit, code = '' }) => hasQuantity && !hasUnit && !isService(code),
    message: () => 'is empty; the quantity is reported in OTH. Write a code of the list of units, such as NOS or KGS.',
  },
  {
    // A warning, as the invoice portal withdrew this check: some write prices with tax, or of another unit.
    code: 'item_taxable_amount.differs_from_price',
    severity: 'warning',
    field: 'item_taxable_amount',
    broken: ({ taxable, priced, pricedWithin }, _, { tolerance }) => Math.abs(priced - taxable) > Math.max(tolerance, pricedWithin),
    message: ({ priced }) =>
      `is not the ${rupees(priced)} that Item Quantity times Item Unit Price, less Item Discount Amount, make; correct one of them. Prices are without tax.`,
  },
  {
    code: 'gst_rate.missing',
    severity: 'error',
    field: 'gst_rate',
    broken: (line, { billOfSupply, supply }) => supply !== 'unknown' && !billOfSupply && line.zeroTax === '' && Number.isNaN(rateOf(line)),
    message: () => 'is missing; write it in percent, or say with a Zero Tax Category why no tax is due.',
  },
  {
    code: 'gst_rate.ended',
    severity: 'warning',
    field: 'gst_rate',
    broken: (line, { date }) => date !== '' && hasEnded(rateOf(line), date),
    message: () => `is a rate that ended on ${indianDay(ratesEndedOn)}; make sure that it still applies.`,
  },
  {
    code: 'gst_rate.not_yet',
    severity: 'warning',
    field: 'gst_rate',
    broken: (line, { date }) => date !== '' && !hasBegun(rateOf(line), date),
    message: () => `is a rate that there was not before ${indianDay(ratesBeganOn)}; correct it, or the Document Date.`,
  },
  {
    code: 'gst_rate.differs_from_heads',
    severity: 'error',
    field: 'gst_rate',
    broken: ({ gstRate, headRate }) => Math.abs(gstRate - headRate) > 0.001,
    message: ({ headRate }) => `is not the ${headRate} that the rates of its heads add up to; correct one of them.`,
  },
  {
    code: 'sgst_rate.differs_from_cgst',
    severity: 'error',
    field: 'sgst_rate',
    broken: ({ cgstRate, sgstRate }) => cgstRate !== sgstRate && !Number.isNaN(cgstRate + sgstRate),
    message: ({ cgstRate }) => `is not the same as the CGST Rate ${cgstRate}; each is half of the rate. Correct one of them.`,
  },
  {
    code: 'igst_amount.on_intra_state',
    severity: 'error',
    field: 'igst_amount',
    broken: ({ igst }, { supply }) => supply === 'intra_state' && igst > 0,
    message: ({ igst }) =>
      `is not due on a supply within the state; write half of it, ${rupees(igst / 2)}, under CGST and half under SGST, or correct the Place of Supply.`,
  },
  {
    code: 'cgst_amount.on_inter_state',
    severity: 'error',
    field: 'cgst_amount',
    broken: ({ cgst, sgst }, { supply }) => supply === 'inter_state' && cgst + sgst > 0,
    message: ({ cgst, sgst }) =>
      `is not due on a supply to another state or abroad; write CGST and SGST together, ${rupees(cgst + sgst)}, under IGST, or correct the Place of Supply.`,
  },
  {
    code: 'sgst_amount.differs_from_cgst',
    severity: 'error',
    field: 'sgst_amount',
    broken: ({ cgst, sgst }, { supply }) => supply === 'intra_state' && Math.abs(cgst - sgst) > 1,
    message: ({ cgst }) => `is not the same as the CGST Amount ${rupees(cgst)}; each is half of the tax. Correct one of them.`,
  },
  {
    code: 'bill_of_supply.with_tax',
    severity: 'error',
    field: 'gst_rate',
    broken: (line, { billOfSupply }) => billOfSupply && taxOf(line) > 0,
    message: () => 'and its amounts must be 0 on a bill of supply, which bears no tax; correct them, or Is this a Bill of Supply.',
  },
  {
    code: 'zero_tax_category.with_tax',
    severity: 'error',
    field: 'zero_tax_category',
    broken: (line) => isZeroTaxed(line) && taxOf(line) > 0,
    message: (line) => `says that no tax is due, and ${rupees(taxOf(line))} are charged; empty one of them.`,
  },
  {
    code: 'zero_tax_category.with_rate',
    severity: 'warning',
    field: 'zero_tax_category',
    broken: (line) => isZeroTaxed(line) && taxOf(line) === 0 && rateOf(line) > 0,
    message: (line) => `says that no tax is due, and the rate is ${rateOf(line)}; write the rate 0, or empty the category.`,
  },
  {
    code: 'zero_tax_category.missing',
    severity: 'notice',
    field: 'zero_tax_category',
    broken: (line, { billOfSupply, taxMayBeLeftOut }) => rateOf(line) === 0 && line.zeroTax === '' && !billOfSupply && !taxMayBeLeftOut,
    message: () => 'is empty; the rate is 0, so say which it is: NILRATED, EXEMPTED or NONGSTSUPPLY. It counts as NILRATED.',
  },
  {
    code: 'tax.miscalculated',
    severity: 'error',
    field: 'gst_rate',
    broken: (line, document, { tolerance }) => document.type === 'INVOICE' && differenceOf(line, document) > Math.max(allowance, tolerance),
    message: miscalculation,
  },
  {
    code: 'tax.rounded',
    severity: 'warning',
    field: 'gst_rate',
    broken: (line, document, { tolerance }) => {
      // In most files nothing is tolerated beyond the allowance.
      if (tolerance === allowance || document.type !== 'INVOICE') return false
      const difference = differenceOf(line, document)
      return difference > allowance && difference <= tolerance
    },
    message: miscalculation,
  },
  {
    // Notes take back or add part of a tax, which need not be at the rate.
    code: 'tax.miscalculated_on_note',
    severity: 'warning',
    field: 'gst_rate',
    broken: (line, document) => document.type !== 'INVOICE' && document.type !== '' && differenceOf(line, document) > allowance,
    message: miscalculation,
  },
]

/** The rate that the tax is computed with: what the line says, else its heads. */
export function rateOf({ gstRate, headRate }: LineFacts): number {
  return Number.isNaN(gstRate) ? headRate : gstRate
}

export function taxOf({ cgst, sgst, igst }: LineFacts): number {
  return cgst + sgst + igst
}

export function isZeroTaxed({ zeroTax }: LineFacts): boolean {
  return zeroTax !== '' && zeroTax !== undefined
}

function isService(code: string): boolean {
  return code.startsWith('99')
}

/** Tax under the heads that are due: each of two halves within the state, else one. */
function dueOf(line: LineFacts, { supply, share }: DocumentFacts): number {
  return Math.round((line.taxable * rateOf(line) * share) / (supply === 'intra_state' ? 200 : 100))
}

/** Paise between the tax that is charged and the one that is due; 0 where other rules speak. */
function differenceOf(line: LineFacts, document: DocumentFacts): number {
  const { supply, billOfSupply, taxMayBeLeftOut } = document
  if (supply === 'unknown' || billOfSupply || line.zeroTax !== '') return 0
  const charged = supply === 'intra_state' ? line.cgst : line.igst
  if (taxOf(line) !== (supply === 'intra_state' ? line.cgst + line.sgst : line.igst)) return 0
  if (taxMayBeLeftOut && charged === 0) return 0
  return Math.abs(charged - dueOf(line, document))
}

function miscalculation(line: LineFacts, document: DocumentFacts): string {
  const due = rupees(dueOf(line, document))
  const base = `percent of ${rupees(line.taxable)} make`
  return document.supply === 'intra_state'
    ? `${base} ${due} each of CGST and SGST, and CGST ${rupees(line.cgst)} and SGST ${rupees(line.sgst)} are charged; correct rate or amounts.`
    : `${base} ${due} of IGST, and ${rupees(line.igst)} are charged; correct rate or amount.`
}
