import { paise } from './amounts.ts'
import { financialYear } from './dates.ts'

/** What the rules ask about a document. A cell that is empty or wrong is '' (or false) here and breaks no rule. */
export type DocumentFacts = {
  type: string
  /** The number in capitals: in what case it is written does not matter. */
  numberKey: string
  /** YYYY-MM-DD */
  date: string
  /** The year whose April began it, or ''. */
  financialYear: string
  /** First day of the month */
  returnMonth: string
  /** Two digits */
  place: string
  supplier: string
  /** Undefined for a GSTIN that is wrong, which is not the same as none. */
  customer: string | undefined
  exportType: string
  hasBillNumber: boolean
  hasBillDate: boolean
  reverseCharge: boolean
  billOfSupply: boolean
  /** Which heads of the tax are due. */
  supply: 'intra_state' | 'inter_state' | 'unknown'
  /** Share of the rate that applies. */
  share: 1 | 0.65
  /** The tax may be left out: export or SEZ under bond, or the recipient pays. */
  taxMayBeLeftOut: boolean
}

/** What the rules ask about a line. Amounts in paise, rates in percent; NaN for what is wrong or unknown, which breaks no rule. */
export type LineFacts = {
  category: string
  /** Undefined for a wrong one. */
  code: string | undefined
  /** Whether the line says that no tax is due on it. */
  zeroTax: boolean
  taxable: number
  /** As the line says. */
  gstRate: number
  /** Of the heads that are due. */
  headRate: number
  cgst: number
  sgst: number
  igst: number
  cess: number
}

/** A cell that was read, by field: '' for an empty one, undefined for a wrong one. */
export type CellOf = (field: string) => string | undefined

export function documentFacts(cell: CellOf): DocumentFacts {
  const known = (field: string) => cell(field) ?? ''
  const date = known('document_date')
  const exportType = known('export_type')
  const reverseCharge = known('is_reverse_charge') === 't'
  return {
    type: known('document_type'),
    numberKey: known('document_number').toUpperCase(),
    date,
    financialYear: date === '' ? '' : String(financialYear(date)),
    returnMonth: known('return_filing_month'),
    place: known('place_of_supply'),
    supplier: known('supplier_gstin'),
    customer: cell('customer_gstin'),
    exportType,
    hasBillNumber: known('export_bill_number') !== '',
    hasBillDate: known('export_bill_date') !== '',
    reverseCharge,
    billOfSupply: known('is_this_a_bill_of_supply') === 't',
    supply: supplyOf({ place: known('place_of_supply'), supplier: known('supplier_gstin'), exportType: cell('export_type') }),
    share: known('applicable_tax_rate') === '65' ? 0.65 : 1,
    taxMayBeLeftOut: reverseCharge || exportType === 'SEZ_WITHOUT_IGST' || exportType === 'EXPORT_UNDER_BOND',
  }
}

/** SEZ and exports count as another state, wherever the place of supply is. */
function supplyOf(document: { place: string; supplier: string; exportType: string | undefined }): DocumentFacts['supply'] {
  const { place, supplier, exportType } = document
  if (exportType === undefined || place === '' || supplier === '') return 'unknown'
  if (exportType.startsWith('SEZ') || exportType.startsWith('EXPORT')) return 'inter_state'
  return supplier.startsWith(place) ? 'intra_state' : 'inter_state'
}

/** Made once a file; `fields` is the order of the cells. */
export function lineFactsReader(fields: readonly string[]): (cells: readonly (string | undefined)[], document: DocumentFacts) => LineFacts {
  const at = (field: string) => fields.indexOf(field)
  const [category, code, zeroTax, taxable, gstRate] = [
    at('item_category'),
    at('hsn_or_sac_code'),
    at('zero_tax_category'),
    at('item_taxable_amount'),
    at('gst_rate'),
  ]
  const [cgstRate, sgstRate, igstRate] = [at('cgst_rate'), at('sgst_rate'), at('igst_rate')]
  const [cgst, sgst, igst, cess] = [at('cgst_amount'), at('sgst_amount'), at('igst_amount'), at('cess_amount')]
  return (cells, { supply }) => ({
    category: cells[category] ?? '',
    code: cells[code],
    zeroTax: cells[zeroTax] !== '',
    taxable: inPaise(cells[taxable]),
    gstRate: inPercent(cells[gstRate]),
    headRate: supply === 'intra_state' ? inPercent(cells[cgstRate]) + inPercent(cells[sgstRate]) : inPercent(cells[igstRate]),
    cgst: inPaise(cells[cgst]),
    sgst: inPaise(cells[sgst]),
    igst: inPaise(cells[igst]),
    cess: inPaise(cells[cess]),
  })
}

function inPaise(cell: string | undefined): number {
  return cell === undefined ? Number.NaN : paise(cell)
}

function inPercent(cell: string | undefined): number {
  return cell === undefined || cell === '' ? Number.NaN : Number(cell)
}
