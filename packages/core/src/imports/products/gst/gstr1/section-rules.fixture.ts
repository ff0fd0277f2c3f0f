import { newId } from '../../../../id.ts'
import type { Cells } from '../../../importer.conformance.ts'
import type { RowIssue } from '../../../importer.ts'
import { judgeSection } from './section-judge.ts'
import { sectionOf } from './sections.ts'

/** A row of each section that draws nothing; the others of a test are what it changes. */
const invoice: Cells = {
  'GSTIN/UIN of Recipient': '29AAGCB7383J1Z4',
  'Invoice Number': 'S-1',
  'Invoice date': '14-Jun-25',
  'Invoice Value': '118',
  'Place Of Supply': '29-Karnataka',
  'Reverse Charge': 'N',
  'Invoice Type': 'Regular B2B',
  Rate: '18',
  'Taxable Value': '100',
}
const note: Cells = {
  ...{ 'Note Number': 'C-1', 'Note Date': '14-Jun-25', 'Note Type': 'C', 'Note Value': '118', Rate: '18', 'Taxable Value': '100' },
  ...{ 'GSTIN/UIN of Recipient': '29AAGCB7383J1Z4', 'Place Of Supply': '29', 'Reverse Charge': 'N', 'Note Supply Type': 'Regular B2B' },
}
const unregisteredNote: Cells = { ...note, 'UR Type': 'B2CL' }
const exported: Cells = { ...invoice, 'Export Type': 'WPAY', 'Shipping Bill Number': '123', 'Shipping Bill Date': '14-Jul-25' }
const operator: Cells = {
  'Nature of Supply': 'Liable to collect tax u/s 52(TCS)',
  'GSTIN of E-Commerce Operator': '12AJIPA1572E1C7',
  'Net value of supplies': '100',
  ...{ 'Central tax': '9', 'State/UT tax': '9' },
}
const throughOperator: Cells = {
  ...{
    'Supplier GSTIN/UIN': '29AAGCB7383J1Z4',
    'Recipient GSTIN/UIN': '12GEOPS0823BBZH',
    'Document Number': 'D-1',
    'Document Date': '1-Jun-25',
  },
  ...{ 'Value of supplies made': '118', 'Place Of Supply': '29', 'Document type': 'Regular', Rate: '18', 'Taxable Value': '100' },
}
const small: Cells = { Type: 'OE', 'Place Of Supply': '29', Rate: '18', 'Taxable Value': '-100.00' }
const amended: Cells = { ...small, 'Financial Year': '2024-25', 'Original Month': 'MARCH' }
const advance: Cells = { 'Place Of Supply': '29', Rate: '18', 'Gross Advance Received': '-100', 'Cess Amount': '-1' }
const summary: Cells = { HSN: '94013000', UQC: 'NOS-NUMBERS', 'Total Quantity': '2', Rate: '18', 'Taxable Value': '100' }
const series: Cells = {
  'Nature of Document': 'Credit Note',
  'Sr. No. From': 'C-0',
  'Sr. No. To': '0A1',
  'Total Number': '2',
  Cancelled: '2',
}

/** Section, what is found, a row, what breaks the rule, and what just does not. */
export const cases: readonly [string, string, Cells, Cells, ...Cells[]][] = [
  ['B2B', 'gstin_uin_of_recipient.missing', invoice, { 'GSTIN/UIN of Recipient': ' ' }],
  ['B2B', 'gstin_uin_of_recipient.malformed', invoice, { 'GSTIN/UIN of Recipient': '29AAGCB7383J1Z' }],
  ['B2B', 'gstin_uin_of_recipient.check_digit', invoice, { 'GSTIN/UIN of Recipient': '29AAGCB7383J1Z5' }],
  ['B2B', 'gstin.same_as_filer', invoice, { 'GSTIN/UIN of Recipient': '27AAPFU0939F1ZV' }],
  ['B2B', 'receiver_name.malformed', invoice, { 'Receiver Name': 'Café' }, { 'Receiver Name': "A & B's (1)" }],
  ['B2B', 'receiver_name.too_long', invoice, { 'Receiver Name': 'x'.repeat(100) }, { 'Receiver Name': 'x'.repeat(99) }],
  ['B2B', 'invoice_number.malformed', invoice, { 'Invoice Number': 'S_1' }, { 'Invoice Number': 'ABCDEFGH/1234-56' }],
  ['B2B', 'invoice_number.zero', invoice, { 'Invoice Number': '00' }, { 'Invoice Number': '001' }],
  [
    'B2B',
    'invoice_date.unreadable',
    invoice,
    { 'Invoice date': '2025-06-14' },
    { 'Invoice date': '1-jun-2025' },
    { 'Invoice date': '45810' },
  ],
  ['B2B', 'invoice_date.unreadable', invoice, { 'Invoice date': '31-Feb-25' }, { 'Invoice date': '28-Feb-25' }],
  ['B2B', 'invoice_date.before_gst', invoice, { 'Invoice date': '30-Jun-17' }, { 'Invoice date': '01-Jul-17' }],
  ['B2B', 'invoice_date.after_period', invoice, { 'Invoice date': '1-Jul-25' }, { 'Invoice date': '30-Jun-25' }],
  ['B2B', 'amount.unreadable', invoice, { 'Taxable Value': '1e3' }, { 'Taxable Value': '1,18,000.50' }],
  ['B2B', 'amount.negative', invoice, { 'Taxable Value': '-0.01' }, { 'Taxable Value': '0' }],
  ['B2B', 'amount.too_large', invoice, { 'Taxable Value': '100000000000' }, { 'Taxable Value': '99999999999.99' }],
  ['B2B', 'amount.rounded', invoice, { 'Cess Amount': '1.005' }, { 'Cess Amount': '1.500' }],
  ['B2B', 'place_of_supply.unknown', invoice, { 'Place Of Supply': '39-Nowhere' }, { 'Place Of Supply': '96-Other Country' }],
  ['B2B', 'reverse_charge.unknown', invoice, { 'Reverse Charge': 'maybe' }, { 'Reverse Charge': '' }],
  [
    'B2B',
    'reverse_charge.missing',
    invoice,
    { 'Invoice Type': 'Intra-State supplies attracting IGST' },
    { 'Invoice Type': 'Intra-State supplies attracting IGST', 'Reverse Charge': 'Y' },
  ],
  [
    'B2B',
    'reverse_charge.on_deemed_export',
    invoice,
    { 'Invoice Type': 'Deemed Exp', 'Reverse Charge': 'Y' },
    { 'Invoice Type': 'Deemed Exp' },
  ],
  [
    'B2B',
    'applicable_of_tax_rate.unknown',
    invoice,
    { 'Applicable % of Tax Rate': '50' },
    { 'Applicable % of Tax Rate': '65.00' },
    { 'Applicable % of Tax Rate': '100' },
  ],
  ['B2B', 'invoice_type.unknown', invoice, { 'Invoice Type': 'Other' }, { 'Invoice Type': 'sez supplies with payment' }],
  ['B2B', 'e_commerce_gstin.not_here', invoice, { 'E-Commerce GSTIN': '12AJIPA1572E1C7' }],
  ['B2B', 'rate.unknown', invoice, { Rate: '17' }, { Rate: '0.1' }],
  [
    'B2CL',
    'invoice_value.not_large',
    { ...invoice, 'Invoice Value': '200000' },
    { 'Invoice Value': '100000' },
    { 'Invoice Value': '100000.01' },
  ],
  ['B2CL', 'place_of_supply.within_state', { ...invoice, 'Invoice Value': '200000' }, { 'Place Of Supply': '27' }],
  ['B2CS', 'type.unknown', small, { Type: 'E' }, { Type: 'oe' }],
  ['B2CSA', 'financial_year.unreadable', amended, { 'Financial Year': '2024-26' }, { 'Financial Year': '2017-18' }],
  ['B2CSA', 'financial_year.after_period', amended, { 'Financial Year': '2026-27' }, { 'Financial Year': '2025-26' }],
  ['B2CSA', 'original_month.unknown', amended, { 'Original Month': 'MAR' }, { 'Original Month': 'APRIL' }],
  ['CDNR', 'reverse_charge.missing', note, { 'Reverse Charge': '' }],
  ['CDNR', 'amount.zero', note, { 'Taxable Value': '0.00' }, { 'Taxable Value': '0.01' }],
  ['CDNR', 'note_type.unknown', note, { 'Note Type': 'R' }, { 'Note Type': 'D' }],
  ['CDNUR', 'place_of_supply.missing', unregisteredNote, { 'Place Of Supply': '' }],
  ['CDNUR', 'place_of_supply.on_export', unregisteredNote, { 'UR Type': 'EXPWP' }, { 'UR Type': 'EXPWP', 'Place Of Supply': '' }],
  ['CDNUR', 'place_of_supply.within_state', unregisteredNote, { 'Place Of Supply': '27' }],
  [
    'CDNUR',
    'applicable_share.on_export',
    { ...unregisteredNote, 'UR Type': 'EXPWOP', 'Place Of Supply': '' },
    { 'Applicable % of Tax Rate': '65' },
    { 'Applicable % of Tax Rate': '100' },
  ],
  ['EXP', 'port_code.malformed', exported, { 'Port Code': 'IN MA' }, { 'Port Code': 'INMAA1' }],
  ['EXP', 'shipping_bill_number.malformed', exported, { 'Shipping Bill Number': '12' }, { 'Shipping Bill Number': '1234567' }],
  [
    'EXP',
    'shipping_bill_number.missing',
    exported,
    { 'Shipping Bill Number': '' },
    { 'Shipping Bill Number': '', 'Shipping Bill Date': '' },
  ],
  ['EXP', 'shipping_bill_date.missing', exported, { 'Shipping Bill Date': '' }],
  ['EXP', 'shipping_bill_date.before_gst', exported, { 'Shipping Bill Date': '30-Jun-17' }, { 'Shipping Bill Date': '31-Dec-26' }],
  ['AT', 'amount.zero', { ...advance, 'Cess Amount': '' }, { 'Gross Advance Received': '0' }],
  ['AT', 'amount.sign_differs', advance, { 'Cess Amount': '1' }, { 'Cess Amount': '0' }],
  ['EXEMP', 'description.unknown', { Description: 'Intra-State supplies to registered persons' }, { Description: 'Other supplies' }],
  ['HSN_B2B', 'hsn.malformed', summary, { HSN: '940' }, { HSN: '9401' }],
  ['HSN_B2B', 'uqc.unknown', summary, { UQC: 'PER-PERSON' }, { HSN: '998314', UQC: 'PER-PERSON' }],
  ['HSN_B2B', 'description.malformed', summary, { Description: 'A$B' }, { Description: 'A & B' }],
  ['DOCS', 'nature_of_document.unknown', series, { 'Nature of Document': 'Letter' }, { 'Nature of Document': 'debit note' }],
  ['DOCS', 'sr_no_from.malformed', series, { 'Sr. No. From': '00/00' }, { 'Sr. No. From': '00/01' }],
  ['DOCS', 'total_number.unreadable', series, { 'Total Number': '2.5' }],
  ['DOCS', 'cancelled.more_than_total', series, { Cancelled: '3' }, { Cancelled: '0' }],
  [
    'ECO',
    'gstin.no_operator',
    operator,
    { 'GSTIN of E-Commerce Operator': '29AAGCB7383J1Z4' },
    { 'Nature of Supply': 'Liable to pay tax u/s 9(5)', 'GSTIN of E-Commerce Operator': '29AAGCB7383J1Z4' },
  ],
  ['ECO', 'state_tax.differs_from_central', operator, { 'State/UT tax': '8' }],
  ['ECO', 'amount.sign_differs', operator, { Cess: '-1' }, { Cess: '1' }],
  ['ECOB2B', 'document_type.unknown', throughOperator, { 'Document type': 'Invoice' }, { 'Document type': 'Deemed Exp' }],
  ['ECOB2B', 'gstin.same_as_filer', throughOperator, { 'Supplier GSTIN/UIN': '27AAPFU0939F1ZV' }],
]

/** What is found of one row of a section. */
export function found(key: string, row: Cells, extension = 'csv'): RowIssue[] {
  const columns = sectionOf(key)?.columns ?? []
  const issues: RowIssue[] = []
  const judge = judgeSection({
    workspaceId: '',
    transferId: newId(),
    mode: 'test',
    inbox: null,
    fileName: `27AAPFU0939F1ZV_GOVT_GSTR1_${key}_062025_x.${extension}`,
    environment: 'production',
    today: '2025-11-15',
    positions: columns.map((_, index) => index),
    extras: [],
    settings: {},
  })
  judge.row({ number: 1, cells: columns.map(({ header }) => row[header] ?? '') }, (issue) => issues.push(issue))
  return issues
}
