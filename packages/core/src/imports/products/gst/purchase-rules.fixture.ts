import type { RuleCase } from './register-rules.conformance.ts'
import { registration, sharedCases, zero } from './register-rules.fixture.ts'
import { interStatePurchase, intraStatePurchase } from './upload-purchase.fixture.ts'

export const intra = { ...intraStatePurchase, 'Document Total Amount': '' }
export const inter = { ...interStatePurchase, 'Document Total Amount': '' }
const claimed = { ...intra, 'ITC Claim Type': 'INPUTS', 'ITC Claim CGST Amount': '90', 'ITC Claim SGST Amount': '90' }
const unregistered = {
  ...intra,
  ...zero,
  'Supplier GSTIN': 'NRP',
  'Supplier State': '27',
  'Zero Tax Category': 'EXEMPTED',
  'GST Rate': '0',
  'CGST Rate': '0',
  'SGST Rate': '0',
}
const composition = { ...intra, ...zero, 'Is Supplier Composition Dealer': 'Y', 'Is this a Bill of Supply': 'Y' }
const goods = {
  ...inter,
  'Supplier GSTIN': '',
  'Import Type': 'GOODS',
  'Import Bill Number': '1234567',
  'Import Bill Date': '15-10-2025',
  'Import Port Code': 'INNSA1',
}
const services = {
  ...inter,
  ...zero,
  'Supplier GSTIN': '',
  'Import Type': 'SERVICES',
  'Is Reverse Charge': 'Y',
  'HSN or SAC code': '998313',
  'Item Category': 'S',
}
const fromSez = { ...inter, 'Import Type': 'SERVICE_FROM_SEZ' }

export const purchaseCases: readonly RuleCase[] = [
  ...sharedCases({ intra, inter }),
  {
    code: 'error document_number.malformed',
    breaks: { ...goods, 'Document Number': 'back\\slash' },
    keeps: [
      { ...goods, 'Document Number': 'INV_2025.000000000001' },
      { ...unregistered, 'Document Number': '00' },
    ],
  },
  {
    code: 'error customer_gstin.missing',
    breaks: { ...intra, 'Customer GSTIN': '' },
    keeps: [{ ...intra, 'Place of Supply': '' }],
  },
  {
    code: 'error supplier_name.missing',
    breaks: { ...unregistered, 'Supplier Name': '' },
    keeps: [unregistered, { ...intra, 'Supplier Name': '' }],
  },
  {
    code: 'warning supplier_state.differs_from_gstin',
    breaks: { ...intra, 'Supplier State': 'Goa' },
    keeps: [
      { ...intra, 'Supplier State': '27-Maharashtra' },
      { ...intra, 'Supplier State': 'MH' },
    ],
  },
  {
    code: 'error import_type.unknown',
    breaks: { ...goods, 'Import Type': 'BY SEA' },
    keeps: [goods, { ...goods, 'Import Type': 'impg' }],
  },
  {
    code: 'warning import_type.with_supplier_gstin',
    breaks: { ...goods, 'Supplier GSTIN': '27AAPFU0939F1ZV' },
    keeps: [goods, { ...services, 'Supplier GSTIN': registration('9917USA12345OS') }],
  },
  {
    code: 'error import_type.without_supplier_gstin',
    breaks: { ...fromSez, 'Supplier GSTIN': '' },
    keeps: [fromSez],
  },
  {
    code: 'warning import_type.missing',
    breaks: { ...inter, 'Import Bill Number': '1234567', 'Import Bill Date': '15-10-2025' },
    keeps: [goods],
  },
  {
    code: 'warning import_bill.incomplete',
    breaks: { ...goods, 'Import Bill Number': '', 'Import Bill Date': '', 'Import Port Code': '' },
    keeps: [goods, services],
  },
  {
    code: 'warning import_bill.incomplete',
    breaks: { ...goods, 'Import Port Code': '' },
    keeps: [goods],
  },
  {
    code: 'error import_bill_number.malformed',
    breaks: { ...goods, 'Import Bill Number': '12345678' },
    keeps: [goods],
  },
  {
    code: 'error import_port_code.malformed',
    breaks: { ...goods, 'Import Port Code': 'INNSA12' },
    keeps: [goods],
  },
  {
    code: 'warning is_reverse_charge.missing_on_imported_services',
    breaks: { ...services, 'Is Reverse Charge': 'N' },
    keeps: [services],
  },
  {
    code: 'warning is_supplier_composition_dealer.without_gstin',
    breaks: { ...unregistered, 'Is Supplier Composition Dealer': 'Y' },
    keeps: [composition],
  },
  {
    code: 'error is_supplier_composition_dealer.with_tax',
    breaks: { ...intra, 'Is Supplier Composition Dealer': 'Y' },
    keeps: [composition, { ...intra, 'Is Supplier Composition Dealer': 'N' }],
  },
  {
    code: 'error is_supplier_composition_dealer.with_claim',
    breaks: { ...composition, 'ITC Claim Type': 'INPUTS', 'ITC Claim CGST Amount': '0.01' },
    keeps: [{ ...composition, 'ITC Claim Type': 'INELIGIBLE', 'ITC Claim CGST Amount': '0' }],
  },
  {
    code: 'error supplier_gstin.missing_with_tax',
    breaks: { ...intra, 'Supplier GSTIN': '', 'Supplier State': '27' },
    keeps: [unregistered, { ...intra, 'Supplier GSTIN': '', 'Supplier State': '27', 'Is Reverse Charge': 'Y' }],
  },
  {
    code: 'error itc_claim_cgst_amount.exceeds_tax',
    breaks: { ...claimed, 'ITC Claim CGST Amount': '90.01' },
    keeps: [claimed],
  },
  {
    code: 'error itc_claim_sgst_amount.exceeds_tax',
    breaks: { ...claimed, 'ITC Claim SGST Amount': '90.01' },
    keeps: [claimed],
  },
  {
    code: 'error itc_claim_igst_amount.exceeds_tax',
    breaks: { ...claimed, 'ITC Claim IGST Amount': '0.01' },
    keeps: [
      { ...inter, 'ITC Claim Type': 'capital goods', 'ITC Claim IGST Amount': '180' },
      { ...services, 'ITC Claim Type': 'IS', 'ITC Claim IGST Amount': '180' },
    ],
  },
  {
    code: 'error itc_claim_cess_amount.exceeds_tax',
    breaks: { ...claimed, 'CESS Amount': '10', 'ITC Claim CESS Amount': '10.01' },
    keeps: [{ ...claimed, 'CESS Amount': '10', 'ITC Claim CESS Amount': '10' }],
  },
  {
    code: 'error itc_claim_type.unknown',
    breaks: { ...claimed, 'ITC Claim Type': 'ALL' },
    keeps: [{ ...claimed, 'ITC Claim Type': 'Inputs' }],
  },
  {
    code: 'error itc_claim_type.ineligible_with_claim',
    breaks: { ...claimed, 'ITC Claim Type': 'INELIGIBLE' },
    keeps: [{ ...intra, 'ITC Claim Type': 'INELIGIBLE' }],
  },
  {
    code: 'warning itc_claim_type.missing',
    breaks: { ...claimed, 'ITC Claim Type': '' },
    keeps: [{ ...intra, 'ITC Claim Type': '' }],
  },
  {
    code: 'warning itc_claim_type.differs_from_category',
    breaks: { ...claimed, 'ITC Claim Type': 'INPUT_SERVICES' },
    keeps: [{ ...claimed, 'ITC Claim Type': 'CAPITAL_GOODS' }, services],
  },
  {
    code: 'warning itc_claim_type.too_late',
    breaks: { ...claimed, 'Document Date': '31-03-2025', 'Return Filing Month': '11-2025' },
    keeps: [
      { ...claimed, 'Document Date': '31-03-2025', 'Return Filing Month': '10-2025' },
      { ...claimed, 'Document Date': '01-04-2025', 'Return Filing Month': '11-2025' },
    ],
  },
  {
    code: 'warning goods_receipt_note.incomplete',
    breaks: { ...intra, 'Goods Receipt Note Number': 'GRN 1' },
    keeps: [{ ...intra, 'Goods Receipt Note Number': 'GRN 1', 'Goods Receipt Note Date': '15-10-2025' }],
  },
  {
    code: 'warning payment_due_date.before_document',
    breaks: { ...intra, 'Payment Due Date': '13-10-2025' },
    keeps: [{ ...intra, 'Payment Due Date': '14-10-2025' }],
  },
]
