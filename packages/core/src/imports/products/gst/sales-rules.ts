import type { Severity } from '@drayage/db/vocabulary'
import { rupees } from './amounts.ts'
import { indianDay, lastOfMonth } from './dates.ts'
import { hasEnded, ratesEndedOn } from './rates.ts'
import type { DocumentFacts, LineFacts } from './sales-facts.ts'
import { formerStates, stateName } from './states.ts'

/** A rule over cells that were read well. Findings name the column of `field`, and its cell. */
type Rule<Facts extends unknown[]> = {
  code: string
  severity: Severity
  field: string
  broken(...facts: Facts): boolean
  message(...facts: Facts): string
}
export type DocumentRule = Rule<[document: DocumentFacts, file: { today: string }]>
export type LineRule = Rule<[line: LineFacts, document: DocumentFacts]>

/** The day on which the tax began. */
const beginning = '2017-07-01'
/** Paise by which a tax may differ from the one computed, as the invoice portal allows. */
export const tolerance = 100

export const documentRules: readonly DocumentRule[] = [
  {
    code: 'document_date.before_gst',
    severity: 'error',
    field: 'document_date',
    broken: ({ date }) => date !== '' && date < beginning,
    message: () => 'is before 01-07-2017, when the tax began; correct the date or leave the document out.',
  },
  {
    code: 'document_date.in_future',
    severity: 'error',
    field: 'document_date',
    broken: ({ date }, { today }) => date > today,
    message: (_, { today }) => `is after today, ${indianDay(today)}; correct the date or send the document when its day has come.`,
  },
  {
    code: 'document_date.after_return_month',
    severity: 'error',
    field: 'document_date',
    broken: ({ date, returnMonth }) => returnMonth !== '' && date > lastOfMonth(returnMonth),
    message: ({ returnMonth }) =>
      `is after the return month ${returnMonth.slice(5, 7)}-${returnMonth.slice(0, 4)}; correct one of the two, or leave the return month empty.`,
  },
  {
    code: 'place_of_supply.former_state',
    severity: 'warning',
    field: 'place_of_supply',
    broken: ({ place }) => formerStates[place] !== undefined,
    message: ({ place }) => `is a state that was dissolved; use ${formerStates[place]}-${stateName(formerStates[place] ?? '')}.`,
  },
  {
    code: 'place_of_supply.not_abroad',
    severity: 'warning',
    field: 'place_of_supply',
    broken: ({ place, exportType }) => exportType.startsWith('EXPORT') && place !== '' && place !== '96',
    message: ({ exportType }) => `does not go with the export type ${exportType}; an export has 96-Other Country.`,
  },
  {
    code: 'customer_gstin.same_as_supplier',
    severity: 'error',
    field: 'customer_gstin',
    broken: ({ customer, supplier }) => customer === supplier && supplier !== '',
    message: () => "is the supplier's own; write the GSTIN of the customer.",
  },
  {
    code: 'reverse_charge.without_customer_gstin',
    severity: 'error',
    field: 'is_reverse_charge',
    broken: ({ reverseCharge, customer }) => reverseCharge && customer === '',
    message: () => 'asks for a registered customer, who pays the tax; write the Customer GSTIN, or N here.',
  },
  {
    code: 'export_bill.incomplete',
    severity: 'warning',
    field: 'export_bill_number',
    broken: ({ hasBillNumber, hasBillDate }) => hasBillNumber !== hasBillDate,
    message: () => 'and Export Bill Date belong together, and one of them is empty; write both.',
  },
]

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
    broken: ({ category, code = '' }) => category !== '' && code !== '' && (category === 'S') !== code.startsWith('99'),
    message: ({ code }) => `does not go with the code ${code}; codes of services begin with 99, all others are goods.`,
  },
  {
    code: 'gst_rate.missing',
    severity: 'error',
    field: 'gst_rate',
    broken: (line, { billOfSupply, supply }) => supply !== 'unknown' && !billOfSupply && !line.zeroTax && Number.isNaN(rateOf(line)),
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
    code: 'gst_rate.differs_from_heads',
    severity: 'error',
    field: 'gst_rate',
    broken: ({ gstRate, headRate }) => Math.abs(gstRate - headRate) > 0.001,
    message: ({ headRate }) => `is not the ${headRate} that the rates of its heads add up to; correct one of them.`,
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
    message: ({ cgst }) => `is not the same as the CGST Amount ${rupees(cgst)}; each is half of the tax.`,
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
    broken: (line) => line.zeroTax && taxOf(line) > 0,
    message: (line) => `says that no tax is due, and ${rupees(taxOf(line))} are charged; empty one of them.`,
  },
  {
    code: 'tax.miscalculated',
    severity: 'error',
    field: 'gst_rate',
    broken: (line, document) => document.type === 'INVOICE' && isMiscalculated(line, document),
    message: miscalculation,
  },
  {
    // Notes take back or add part of a tax, which need not be at the rate.
    code: 'tax.miscalculated_on_note',
    severity: 'warning',
    field: 'gst_rate',
    broken: (line, document) => document.type !== 'INVOICE' && document.type !== '' && isMiscalculated(line, document),
    message: miscalculation,
  },
]

/** The rate that the tax is computed with: what the line says, else its heads. */
function rateOf({ gstRate, headRate }: LineFacts): number {
  return Number.isNaN(gstRate) ? headRate : gstRate
}

function taxOf({ cgst, sgst, igst }: LineFacts): number {
  return cgst + sgst + igst
}

/** Tax under the heads that are due: each of two halves within the state, else one. */
function dueOf(line: LineFacts, { supply, share }: DocumentFacts): number {
  return Math.round((line.taxable * rateOf(line) * share) / (supply === 'intra_state' ? 200 : 100))
}

function isMiscalculated(line: LineFacts, document: DocumentFacts): boolean {
  const { supply, billOfSupply, taxMayBeLeftOut } = document
  if (supply === 'unknown' || billOfSupply || line.zeroTax) return false
  const charged = supply === 'intra_state' ? line.cgst : line.igst
  // What stands under the wrong head, other rules speak of.
  if (taxOf(line) !== (supply === 'intra_state' ? line.cgst + line.sgst : line.igst)) return false
  if (taxMayBeLeftOut && charged === 0) return false
  return Math.abs(charged - dueOf(line, document)) > tolerance
}

function miscalculation(line: LineFacts, document: DocumentFacts): string {
  const due = rupees(dueOf(line, document))
  const base = `percent of ${rupees(line.taxable)} make`
  return document.supply === 'intra_state'
    ? `${base} ${due} each of CGST and SGST, and CGST ${rupees(line.cgst)} and SGST ${rupees(line.sgst)} are charged; correct rate or amounts.`
    : `${base} ${due} of IGST, and ${rupees(line.igst)} are charged; correct rate or amount.`
}
