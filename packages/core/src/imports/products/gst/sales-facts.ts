import { type CellOf, type DocumentFacts, documentFacts, isYes, type Reference, reference } from './document-facts.ts'
import type { JudgedFile } from './register.ts'
import { stateCode } from './states.ts'

/** What the rules ask about a document that we issued. */
export type SalesFacts = DocumentFacts & {
  exportType: string
  exportBill: Reference
  hasPortCode: boolean
  /** The document that this one amends. */
  original: Reference
  linkedInvoicePreGst: boolean
  linkedInvoiceCustomer: string
  ecommerceOperator: string
  tdsDeducted: boolean
  /** Its code, '' where it cannot be told. */
  customerState: string
}

export function salesFacts(cell: CellOf, { sezUnits }: Pick<JudgedFile, 'sezUnits'>): SalesFacts {
  const known = (field: string) => cell(field) ?? ''
  const exportType = known('export_type')
  const supplier = known('supplier_gstin')
  const shared = documentFacts(cell, {
    supplierKey: supplier,
    supply: supplyOf({ place: known('place_of_supply'), supplier, exportType: cell('export_type'), fromSez: sezUnits.has(supplier) }),
    share: known('applicable_tax_rate') === '65' ? 0.65 : 1,
    taxMayBeLeftOut: isYes(cell, 'is_reverse_charge') || isUnderBond(exportType),
  })
  return {
    ...shared,
    exportType,
    exportBill: reference(cell, 'export_bill'),
    hasPortCode: cell('export_port_code') !== '',
    original: reference(cell, 'original_document'),
    linkedInvoicePreGst: isYes(cell, 'is_linked_invoice_pre_gst'),
    linkedInvoiceCustomer: known('linked_invoice_customer_gstin'),
    ecommerceOperator: known('ecommerce_gstin'),
    tdsDeducted: isYes(cell, 'is_gst_tds_deducted'),
    customerState: stateCode(known('customer_state')) ?? '',
  }
}

/** Without payment of the tax, against a bond or letter of undertaking. */
export function isUnderBond(exportType: string): boolean {
  return exportType === 'SEZ_WITHOUT_IGST' || exportType === 'EXPORT_UNDER_BOND'
}

/** To and from a SEZ, exports and sales from a bonded warehouse count as another state, wherever the place of supply is. */
function supplyOf(document: {
  place: string
  supplier: string
  exportType: string | undefined
  fromSez: boolean
}): DocumentFacts['supply'] {
  const { place, supplier, exportType, fromSez } = document
  if (exportType === undefined || place === '' || supplier === '') return 'unknown'
  if (fromSez || /^(SEZ|EXPORT|SALE_FROM_BONDED_WH)/.test(exportType)) return 'inter_state'
  return supplier.startsWith(place) ? 'intra_state' : 'inter_state'
}
