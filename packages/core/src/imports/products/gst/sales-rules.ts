import { rupees } from './amounts.ts'
import { firstOfMonth, indianMonth } from './dates.ts'
import type { LineFacts } from './document-facts.ts'
import { beginning, documentRules, isOfKind, registeredInState, returnOf } from './document-rules.ts'
import { gstinKind } from './gstin.ts'
import { lineRules, taxOf } from './line-rules.ts'
import type { DocumentRule, LineRule } from './register.ts'
import { isUnderBond, type SalesFacts } from './sales-facts.ts'

export const salesDocumentRules: readonly DocumentRule<SalesFacts>[] = [
  ...documentRules,
  {
    code: 'supplier_gstin.other_return',
    severity: 'warning',
    field: 'supplier_gstin',
    broken: ({ supplier }) => isOfKind(supplier, ['non_resident', 'online_service']),
    message: () => 'is a registration that files GSTR-5 or GSTR-5A; its sales have no GSTR-1. Make sure that it is yours.',
  },
  {
    code: 'ecommerce_gstin.not_an_operator',
    severity: 'error',
    field: 'ecommerce_gstin',
    broken: ({ ecommerceOperator }) => ecommerceOperator !== '' && gstinKind(ecommerceOperator) !== 'ecommerce_operator',
    message: () => 'is no registration of an e-commerce operator, whose 14th character is C; ask the operator for it, or empty the cell.',
  },
  registeredInState({ field: 'customer_state', gstin: ({ customer = '' }) => customer, state: ({ customerState }) => customerState }),
  {
    code: 'place_of_supply.not_abroad',
    severity: 'warning',
    field: 'place_of_supply',
    broken: ({ place, exportType }) => isExport(exportType) && place !== '' && place !== '96',
    message: ({ exportType }) => `does not go with the export type ${exportType}; an export has 96-Other Country.`,
  },
  {
    code: 'place_of_supply.abroad_without_export',
    severity: 'warning',
    field: 'place_of_supply',
    broken: ({ place, exportType }) => place === '96' && (exportType === '' || exportType === 'REGULAR'),
    message: () => 'is abroad; write EXPORT_WITH_IGST or EXPORT_UNDER_BOND as Export Type if it is an export, or correct the place.',
  },
  {
    code: 'reverse_charge.without_customer_gstin',
    severity: 'error',
    field: 'is_reverse_charge',
    broken: ({ reverseCharge, customer }) => reverseCharge && customer === '',
    message: () => 'asks for a registered customer, who pays the tax; write the Customer GSTIN, or N here.',
  },
  {
    code: 'reverse_charge.on_deemed_export',
    severity: 'error',
    field: 'is_reverse_charge',
    broken: ({ reverseCharge, exportType }) => reverseCharge && exportType === 'DEEMED',
    message: () => 'is not possible on a deemed export, whose tax the supplier pays; write N, or correct the Export Type.',
  },
  {
    code: 'reverse_charge.missing_from_bonded_warehouse',
    severity: 'error',
    field: 'is_reverse_charge',
    broken: ({ reverseCharge, exportType }) => !reverseCharge && exportType === 'SALE_FROM_BONDED_WH',
    message: () =>
      'must be Y on a sale from a bonded warehouse, which the return reports as intra-state supply attracting IGST; write Y, or correct the Export Type.',
  },
  {
    code: 'export_type.without_customer_gstin',
    severity: 'error',
    field: 'export_type',
    broken: ({ exportType, customer }) => customer === '' && /^(SEZ|DEEMED|SALE_FROM_BONDED_WH)/.test(exportType),
    message: () => 'is a supply to a registered customer; write the Customer GSTIN, or correct the Export Type.',
  },
  {
    code: 'customer_gstin.on_export',
    severity: 'warning',
    field: 'customer_gstin',
    broken: ({ exportType, customer = '' }) => isExport(exportType) && customer !== '',
    message: () => 'is not reported for an export, whose customer is abroad; empty it, or correct the Export Type.',
  },
  {
    code: 'applicable_tax_rate.on_export',
    severity: 'error',
    field: 'applicable_tax_rate',
    broken: ({ exportType, share }) => isExport(exportType) && share !== 1,
    message: () => 'is not possible on an export, which bears the full rate; empty the cell.',
  },
  {
    code: 'export_bill.incomplete',
    severity: 'warning',
    field: 'export_bill_number',
    broken: ({ exportBill: { hasNumber, hasDate } }) => hasNumber !== hasDate,
    message: () => 'and Export Bill Date belong together, and one of them is empty; write both.',
  },
  {
    code: 'export_port_code.without_bill',
    severity: 'notice',
    field: 'export_port_code',
    broken: ({ hasPortCode, exportBill }) => hasPortCode && !exportBill.hasNumber && !exportBill.hasDate,
    message: () => 'is of a shipping bill that is not named; write Export Bill Number and Export Bill Date when you have them.',
  },
  {
    code: 'linked_invoice_date.pre_gst',
    severity: 'error',
    field: 'linked_invoice_date',
    broken: ({ linkedInvoice: { date }, linkedInvoicePreGst }) => date !== '' && date < beginning && !linkedInvoicePreGst,
    message: () => 'is before 01-07-2017, when the tax began; write Y under Is Linked Invoice Pre GST, or correct the date.',
  },
  {
    code: 'is_linked_invoice_pre_gst.not_before',
    severity: 'error',
    field: 'is_linked_invoice_pre_gst',
    broken: ({ linkedInvoice: { date }, linkedInvoicePreGst }) => date >= beginning && linkedInvoicePreGst,
    message: () => 'says that the invoice is of before 01-07-2017, and its date is not; write N, or correct the Linked Invoice Date.',
  },
  {
    code: 'linked_invoice_customer_gstin.differs',
    severity: 'warning',
    field: 'linked_invoice_customer_gstin',
    broken: ({ customer = '', linkedInvoiceCustomer }) =>
      customer !== '' && linkedInvoiceCustomer !== '' && customer !== linkedInvoiceCustomer,
    message: ({ customer }) => `is not the Customer GSTIN ${customer}; a note goes to the customer of its invoice. Correct one of the two.`,
  },
  {
    code: 'original_document.incomplete',
    severity: 'error',
    field: 'original_document_number',
    broken: ({ original: { hasNumber, hasDate } }) => hasNumber !== hasDate,
    message: () => 'and Original Document Date belong together, and one of them is empty; an amendment needs both.',
  },
  {
    code: 'original_document_date.before_gst',
    severity: 'error',
    field: 'original_document_date',
    broken: ({ original: { date } }) => date !== '' && date < beginning,
    message: () => 'is before 01-07-2017, when the tax began; correct the date.',
  },
  {
    code: 'original_document_date.after_return_month',
    severity: 'error',
    field: 'original_document_date',
    broken: (document) =>
      document.original.date !== '' && returnOf(document) !== '' && firstOfMonth(document.original.date) > returnOf(document),
    message: (document) =>
      `is after the return month ${indianMonth(returnOf(document))}; an amendment follows what it amends. Correct one of the two.`,
  },
  {
    code: 'original_document_date.in_same_return',
    severity: 'warning',
    field: 'original_document_date',
    broken: (document) => document.original.date !== '' && firstOfMonth(document.original.date) === returnOf(document),
    message: (document) =>
      `is in the return month ${indianMonth(returnOf(document))} itself, so nothing is filed yet that could be amended; send the document with its own number instead.`,
  },
  {
    code: 'is_gst_tds_deducted.without_customer_gstin',
    severity: 'warning',
    field: 'is_gst_tds_deducted',
    broken: ({ tdsDeducted, customer }) => tdsDeducted && customer === '',
    message: () => 'says that the customer deducts tax, which only registered ones do; write the Customer GSTIN, or N here.',
  },
]

export const salesLineRules: readonly LineRule<LineFacts, SalesFacts>[] = [
  ...lineRules,
  {
    code: 'igst_amount.under_bond',
    severity: 'error',
    field: 'igst_amount',
    broken: (line, { exportType }) => isUnderBond(exportType) && taxOf(line) > 0,
    message: (line, { exportType }) =>
      `is not charged with the Export Type ${exportType}; empty ${rupees(taxOf(line))}, or write the type with payment of IGST.`,
  },
  {
    code: 'zero_tax_category.not_a_uin_holder',
    severity: 'warning',
    field: 'zero_tax_category',
    broken: ({ zeroTax }, { customer }) => zeroTax === 'UINHOLDER' && customer !== undefined && gstinKind(customer) !== 'united_nations',
    message: () => 'is for embassies and United Nations bodies; write their UIN as Customer GSTIN, or another category.',
  },
]

function isExport(exportType: string): boolean {
  return exportType.startsWith('EXPORT')
}
