import { paise } from './amounts.ts'
import { financialYear } from './dates.ts'

/** What the rules ask about a document. A cell that is empty or wrong is '' (or false) here and breaks no rule. */
export type DocumentFacts = {
  type: string
  /** The number in capitals: in what case it is written does not matter. */
  numberKey: string
  /** Whose numbers it is unique among, in capitals. */
  supplierKey: string
  /** YYYY-MM-DD */
  date: string
  /** The year whose April began it, or ''. */
  financialYear: string
  /** First day of the month */
  returnMonth: string
  /** Two digits */
  place: string
  /** Undefined for a GSTIN that is wrong, which is not the same as none. */
  supplier: string | undefined
  customer: string | undefined
  reverseCharge: boolean
  billOfSupply: boolean
  /** Which heads of the tax are due. */
  supply: 'intra_state' | 'inter_state' | 'unknown'
  /** Share of the rate that applies. */
  share: 1 | 0.65
  /** The tax may be left out: export or SEZ under bond, or the recipient pays. */
  taxMayBeLeftOut: boolean
  linkedInvoice: Reference
  advance: Reference & { hasAmount: boolean }
  cancelled: boolean
  deleted: boolean
}

/** Another document that this one names. */
export type Reference = { hasNumber: boolean; hasDate: boolean; date: string }

/** What the rules ask about a line. Amounts in paise, rates in percent; NaN for what is wrong or unknown, which breaks no rule. */
export type LineFacts = {
  category: string
  /** Undefined for a wrong one. */
  code: string | undefined
  hasQuantity: boolean
  hasUnit: boolean
  /** Why the line says that no tax is due on it; '' if it does not, undefined for a wrong word. */
  zeroTax: string | undefined
  taxable: number
  /** Quantity times price less discount; NaN where one is not given. */
  priced: number
  /** By how much the rounding of either may put that off, if it is not the taxable amount. */
  pricedWithin: number
  /** As the line says. */
  gstRate: number
  /** Of the heads that are due. */
  headRate: number
  cgstRate: number
  sgstRate: number
  cgst: number
  sgst: number
  igst: number
  cess: number
}

/** A cell that was read, by field: '' for an empty one, undefined for a wrong one. */
export type CellOf = (field: string) => string | undefined

/** What sales and purchases have in common. */
export function documentFacts(
  cell: CellOf,
  more: Pick<DocumentFacts, 'supplierKey' | 'supply' | 'share' | 'taxMayBeLeftOut'>,
): DocumentFacts {
  const known = (field: string) => cell(field) ?? ''
  const date = known('document_date')
  return {
    ...more,
    type: known('document_type'),
    numberKey: known('document_number').toUpperCase(),
    date,
    financialYear: date === '' ? '' : String(financialYear(date)),
    returnMonth: known('return_filing_month'),
    place: known('place_of_supply'),
    supplier: cell('supplier_gstin'),
    customer: cell('customer_gstin'),
    reverseCharge: isYes(cell, 'is_reverse_charge'),
    billOfSupply: isYes(cell, 'is_this_a_bill_of_supply'),
    linkedInvoice: reference(cell, 'linked_invoice'),
    advance: { ...reference(cell, 'linked_advance_document'), hasAmount: cell('linked_advance_adjustment_amount') !== '' },
    cancelled: isYes(cell, 'is_this_document_cancelled'),
    deleted: isYes(cell, 'is_this_document_deleted'),
  }
}

export function reference(cell: CellOf, noun: string): Reference {
  const date = cell(`${noun}_date`)
  return { hasNumber: cell(`${noun}_number`) !== '', hasDate: date !== '', date: date ?? '' }
}

export function isYes(cell: CellOf, field: string): boolean {
  return cell(field) === 't'
}

/** Made once a file; `fields` is the order of the cells. What it reads of a line is good until the next one is read. */
export function lineFactsReader(fields: readonly string[]): (cells: readonly (string | undefined)[], document: DocumentFacts) => LineFacts {
  const at = (field: string) => fields.indexOf(field)
  const [category, code, quantity, unit] = [at('item_category'), at('hsn_or_sac_code'), at('item_quantity'), at('item_unit_code')]
  const [zeroTax, taxable, gstRate] = [at('zero_tax_category'), at('item_taxable_amount'), at('gst_rate')]
  const [cgstRate, sgstRate, igstRate] = [at('cgst_rate'), at('sgst_rate'), at('igst_rate')]
  const [price, discount] = [at('item_unit_price'), at('item_discount_amount')]
  const [cgst, sgst, igst, cess] = [at('cgst_amount'), at('sgst_amount'), at('igst_amount'), at('cess_amount')]
  // One for all of millions of lines.
  const line = noLine()
  return (cells, { supply }) => {
    line.category = cells[category] ?? ''
    line.code = cells[code]
    line.hasQuantity = cells[quantity] !== ''
    line.hasUnit = cells[unit] !== ''
    line.zeroTax = cells[zeroTax]
    line.taxable = inPaise(cells[taxable])
    line.priced = Math.round(factor(cells[quantity]) * factor(cells[price]) * 100) - inPaise(cells[discount])
    line.pricedWithin = line.priced === line.taxable ? 0 : roundingOf(cells[quantity] ?? '', cells[price] ?? '')
    line.gstRate = inPercent(cells[gstRate])
    line.cgstRate = inPercent(cells[cgstRate])
    line.sgstRate = inPercent(cells[sgstRate])
    line.headRate = supply === 'intra_state' ? line.cgstRate + line.sgstRate : inPercent(cells[igstRate])
    line.cgst = inPaise(cells[cgst])
    line.sgst = inPaise(cells[sgst])
    line.igst = inPaise(cells[igst])
    line.cess = inPaise(cells[cess])
    return line
  }
}

function noLine(): LineFacts {
  const nothing = {
    category: '',
    code: '',
    hasQuantity: false,
    hasUnit: false,
    zeroTax: '',
    taxable: 0,
    priced: Number.NaN,
    pricedWithin: 0,
  }
  const [gstRate, headRate, cgstRate, sgstRate] = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
  return { ...nothing, gstRate, headRate, cgstRate, sgstRate, cgst: 0, sgst: 0, igst: 0, cess: 0 }
}

/** Paise of a cell that was read: 0 for an empty one, NaN for a wrong one. */
export function inPaise(cell: string | undefined): number {
  return cell === undefined ? Number.NaN : paise(cell)
}

/** NaN for an empty cell, a wrong one, and 0: what has no quantity or price yet is not priced. */
function factor(cell: string | undefined): number {
  return cell === undefined || cell === '' ? Number.NaN : Number(cell) || Number.NaN
}

/** Paise by which half of a last decimal puts the product off. Whole quantities are counted; prices have paise at least. */
function roundingOf(quantity: string, price: string): number {
  const ofPrice = Number(quantity) * 10 ** -Math.max(2, decimalsOf(price))
  const ofQuantity = decimalsOf(quantity) === 0 ? 0 : Number(price) * 10 ** -decimalsOf(quantity)
  return (ofPrice + ofQuantity) * 50
}

function decimalsOf(number: string): number {
  const point = number.indexOf('.')
  return point < 0 ? 0 : number.length - point - 1
}

function inPercent(cell: string | undefined): number {
  return cell === undefined || cell === '' ? Number.NaN : Number(cell)
}
