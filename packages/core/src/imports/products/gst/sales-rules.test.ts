import { describe, expect, test } from 'vitest'
import { newId } from '../../../id.ts'
import type { Cells } from '../../importer.conformance.ts'
import type { ImportFile, RowIssue } from '../../importer.ts'
import { salesColumns } from './sales-columns.ts'
import { judgeSales } from './sales-judge.ts'
import { interStateLine, intraStateLine } from './upload-sales.fixture.ts'

const file: ImportFile = {
  workspaceId: '',
  transferId: newId(),
  mode: 'test',
  fileName: 'register.csv',
  environment: 'production',
  today: '2025-11-15',
  positions: salesColumns.map((_, index) => index),
  extras: [],
  settings: {},
}

/** What is found of one line that is a whole document, without totals unless told. */
function issuesOf(line: Cells, options: Partial<ImportFile> = {}): RowIssue[] {
  const issues: RowIssue[] = []
  const judge = judgeSales({ ...file, ...options })
  const report = (issue: RowIssue) => issues.push(issue)
  const whole: Cells = { 'Document Total Amount': '', ...line }
  judge.row({ number: 1, cells: salesColumns.map((column) => whole[column.header] ?? '') }, report)
  judge.end?.(report)
  return issues
}

const found = (line: Cells, options?: Partial<ImportFile>) => issuesOf(line, options).map(({ severity, code }) => `${severity} ${code}`)

const intra = { ...intraStateLine, 'Document Total Amount': '' }
const inter = { ...interStateLine, 'Document Total Amount': '' }
const zero = { 'CGST Amount': '', 'SGST Amount': '', 'IGST Amount': '' }
const sez = { ...inter, 'Export Type': 'SEZ_WITH_IGST' }

/** Each rule with a line that breaks it and lines that just do not. */
const rules: readonly { code: string; breaks: Cells; keeps: readonly Cells[] }[] = [
  { code: 'error document_type.missing', breaks: { ...intra, 'Document Type': ' ' }, keeps: [intra] },
  {
    code: 'error document_type.unknown',
    breaks: { ...intra, 'Document Type': 'RECEIPT' },
    keeps: [
      { ...intra, 'Document Type': 'credit note' },
      { ...intra, 'Document Type': 'Debit' },
      { ...intra, 'Document Type': ' Tax-Invoice ' },
    ],
  },
  { code: 'error document_number.missing', breaks: { ...intra, 'Document Number': '' }, keeps: [{ ...intra, 'Document Number': '1' }] },
  {
    code: 'error document_number.malformed',
    breaks: { ...intra, 'Document Number': 'A2345678901234567' },
    keeps: [
      { ...intra, 'Document Number': 'A234567890123456' },
      { ...intra, 'Document Number': ' -/a ' },
    ],
  },
  {
    code: 'error document_number.malformed',
    breaks: { ...intra, 'Document Number': 'A_1' },
    keeps: [{ ...intra, 'Document Number': 'A-1' }],
  },
  { code: 'error document_number.zero', breaks: { ...intra, 'Document Number': '00' }, keeps: [{ ...intra, 'Document Number': '001' }] },
  { code: 'error document_date.missing', breaks: { ...intra, 'Document Date': '' }, keeps: [intra] },
  {
    code: 'error document_date.unreadable',
    breaks: { ...intra, 'Document Date': '14.Oct' },
    keeps: [{ ...intra, 'Document Date': '14-Oct-25' }],
  },
  {
    code: 'error document_date.impossible',
    breaks: { ...intra, 'Document Date': '31-09-2025' },
    keeps: [{ ...intra, 'Document Date': '30-09-2025' }],
  },
  {
    code: 'error document_date.before_gst',
    breaks: { ...intra, 'Document Date': '30-06-2017' },
    keeps: [{ ...intra, 'Document Date': '01-07-2017' }],
  },
  {
    code: 'error document_date.in_future',
    breaks: { ...intra, 'Document Date': '16-11-2025' },
    keeps: [{ ...intra, 'Document Date': '15-11-2025' }],
  },
  {
    code: 'error document_date.after_return_month',
    breaks: { ...intra, 'Return Filing Month': '09-2025' },
    keeps: [
      { ...intra, 'Return Filing Month': '10-2025' },
      { ...intra, 'Return Filing Month': 'Nov-25' },
    ],
  },
  {
    code: 'error return_filing_month.unreadable',
    breaks: { ...intra, 'Return Filing Month': '13-2025' },
    keeps: [{ ...intra, 'Return Filing Month': '122025' }],
  },
  { code: 'error place_of_supply.missing', breaks: { ...intra, 'Place of Supply': '' }, keeps: [intra] },
  {
    code: 'error place_of_supply.unknown',
    breaks: { ...intra, 'Place of Supply': '39' },
    keeps: [{ ...intra, 'Place of Supply': 'MAHARASHTRA' }],
  },
  {
    code: 'warning place_of_supply.former_state',
    breaks: { ...inter, 'Place of Supply': '28' },
    keeps: [{ ...inter, 'Place of Supply': '37' }],
  },
  {
    code: 'warning place_of_supply.not_abroad',
    breaks: { ...inter, 'Export Type': 'EXPORT_WITH_IGST', 'Customer GSTIN': '' },
    keeps: [{ ...inter, 'Export Type': 'EXPORT_WITH_IGST', 'Customer GSTIN': '', 'Place of Supply': '96' }],
  },
  { code: 'error supplier_gstin.missing', breaks: { ...intra, 'Supplier GSTIN': '' }, keeps: [intra] },
  {
    code: 'error supplier_gstin.malformed',
    breaks: { ...intra, 'Supplier GSTIN': '27AAPFU0939F1Z' },
    keeps: [{ ...intra, 'Supplier GSTIN': ' 27AAPFU0939F1ZV ' }],
  },
  { code: 'error supplier_gstin.check_digit', breaks: { ...intra, 'Supplier GSTIN': '27AAPFU0939F1ZW' }, keeps: [intra] },
  {
    code: 'error customer_gstin.malformed',
    breaks: { ...intra, 'Customer GSTIN': '27aapfu0939f2zu' },
    keeps: [
      { ...intra, 'Customer GSTIN': 'NRP' },
      { ...intra, 'Customer GSTIN': '' },
    ],
  },
  { code: 'error customer_gstin.same_as_supplier', breaks: { ...intra, 'Customer GSTIN': '27AAPFU0939F1ZV' }, keeps: [intra] },
  { code: 'error ecommerce_gstin.malformed', breaks: { ...intra, 'Ecommerce GSTIN': 'X' }, keeps: [{ ...intra, 'Ecommerce GSTIN': '' }] },
  {
    code: 'error is_reverse_charge.unreadable',
    breaks: { ...intra, 'Is Reverse Charge': 'maybe' },
    keeps: [{ ...intra, 'Is Reverse Charge': 'No' }],
  },
  {
    code: 'error reverse_charge.without_customer_gstin',
    breaks: { ...intra, 'Is Reverse Charge': 'Y', 'Customer GSTIN': 'URP' },
    keeps: [
      { ...intra, 'Is Reverse Charge': 'Y' },
      { ...intra, 'Is Reverse Charge': 'N', 'Customer GSTIN': 'URP' },
    ],
  },
  {
    code: 'error applicable_tax_rate.unknown',
    breaks: { ...intra, 'Applicable Tax Rate': '50' },
    keeps: [{ ...intra, 'Applicable Tax Rate': '100' }],
  },
  {
    code: 'error export_type.unknown',
    breaks: { ...inter, 'Export Type': 'ABROAD' },
    keeps: [
      { ...inter, 'Export Type': 'regular' },
      { ...inter, 'Export Type': 'sez with igst' },
    ],
  },
  {
    code: 'warning export_bill.incomplete',
    breaks: { ...inter, 'Export Bill Number': '1234' },
    keeps: [{ ...inter, 'Export Bill Number': '1234', 'Export Bill Date': '14-10-2025' }],
  },
  { code: 'error item_category.unknown', breaks: { ...intra, 'Item Category': 'X' }, keeps: [{ ...intra, 'Item Category': 'goods' }] },
  {
    code: 'warning item_category.differs_from_code',
    breaks: { ...intra, 'Item Category': 'S' },
    keeps: [
      { ...intra, 'Item Category': 'S', 'HSN or SAC code': '998313' },
      { ...intra, 'Item Category': '' },
    ],
  },
  {
    code: 'error hsn_or_sac_code.malformed',
    breaks: { ...intra, 'HSN or SAC code': '940' },
    keeps: [
      { ...intra, 'HSN or SAC code': '9401' },
      { ...intra, 'HSN or SAC code': '94013000' },
    ],
  },
  {
    code: 'error hsn_or_sac_code.malformed',
    breaks: { ...intra, 'HSN or SAC code': '0000' },
    keeps: [{ ...intra, 'HSN or SAC code': '0001' }],
  },
  { code: 'notice hsn_or_sac_code.missing', breaks: { ...intra, 'HSN or SAC code': '' }, keeps: [intra] },
  {
    code: 'warning item_unit_code.unknown',
    breaks: { ...intra, 'Item Unit Code': 'EACH' },
    keeps: [{ ...intra, 'Item Unit Code': 'kgs-Kilograms' }],
  },
  { code: 'error number.unreadable', breaks: { ...intra, 'Item Quantity': 'two' }, keeps: [{ ...intra, 'Item Quantity': '1,000.5' }] },
  { code: 'notice number.rounded', breaks: { ...intra, 'Item Quantity': '1.1234567' }, keeps: [{ ...intra, 'Item Quantity': '1.123456' }] },
  { code: 'error item_taxable_amount.missing', breaks: { ...intra, 'Item Taxable Amount': '' }, keeps: [intra] },
  {
    code: 'error amount.unreadable',
    breaks: { ...intra, 'Item Taxable Amount': '1.0E3' },
    keeps: [{ ...intra, 'Item Taxable Amount': '1,000' }],
  },
  {
    code: 'error amount.negative',
    breaks: { ...intra, 'Item Taxable Amount': '-1000' },
    keeps: [{ ...intra, 'Item Taxable Amount': '+1000' }],
  },
  {
    code: 'notice amount.rounded',
    breaks: { ...intra, 'Item Taxable Amount': '1000.001' },
    keeps: [{ ...intra, 'Item Taxable Amount': '1000.000' }],
  },
  { code: 'error gst_rate.unknown', breaks: { ...intra, 'GST Rate': '17' }, keeps: [{ ...intra, 'GST Rate': '18%' }] },
  { code: 'error gst_rate.unreadable', breaks: { ...intra, 'GST Rate': 'full' }, keeps: [{ ...intra, 'GST Rate': '18.00' }] },
  { code: 'error cgst_rate.unknown', breaks: { ...intra, 'CGST Rate': '8' }, keeps: [intra] },
  {
    code: 'error gst_rate.missing',
    breaks: { ...intra, ...zero, 'GST Rate': '', 'CGST Rate': '', 'SGST Rate': '' },
    keeps: [
      { ...intra, 'GST Rate': '' },
      { ...intra, ...zero, 'GST Rate': '', 'CGST Rate': '', 'SGST Rate': '', 'Zero Tax Category': 'EXEMPTED' },
      { ...intra, ...zero, 'GST Rate': '', 'CGST Rate': '', 'SGST Rate': '', 'Is this a Bill of Supply': 'Y' },
    ],
  },
  {
    code: 'warning gst_rate.ended',
    breaks: { ...inter, 'Document Date': '22-09-2025', 'GST Rate': '28', 'IGST Rate': '28', 'IGST Amount': '280' },
    keeps: [{ ...inter, 'Document Date': '21-09-2025', 'GST Rate': '28', 'IGST Rate': '28', 'IGST Amount': '280' }],
  },
  {
    code: 'error gst_rate.differs_from_heads',
    breaks: { ...intra, 'CGST Rate': '6' },
    keeps: [{ ...intra, 'CGST Rate': '', 'SGST Rate': '' }],
  },
  { code: 'error igst_amount.on_intra_state', breaks: { ...intra, 'IGST Amount': '0.01' }, keeps: [{ ...intra, 'IGST Amount': '0' }] },
  { code: 'error cgst_amount.on_inter_state', breaks: { ...inter, 'SGST Amount': '0.01' }, keeps: [{ ...inter, 'SGST Amount': '0.00' }] },
  {
    code: 'error cgst_amount.on_inter_state',
    breaks: { ...intra, 'Export Type': 'SEZ_WITH_IGST' },
    keeps: [{ ...sez, 'Place of Supply': '27' }],
  },
  {
    code: 'error sgst_amount.differs_from_cgst',
    breaks: { ...intra, 'SGST Amount': '90.02' },
    keeps: [{ ...intra, 'SGST Amount': '90.01' }],
  },
  {
    code: 'error tax.miscalculated',
    breaks: { ...intra, 'CGST Amount': '91.01', 'SGST Amount': '91.01' },
    keeps: [
      { ...intra, 'CGST Amount': '91.00', 'SGST Amount': '91.00' },
      { ...intra, 'CGST Amount': '89', 'SGST Amount': '89' },
    ],
  },
  { code: 'error tax.miscalculated', breaks: { ...inter, 'IGST Amount': '178.99' }, keeps: [{ ...inter, 'IGST Amount': '181' }] },
  {
    code: 'error tax.miscalculated',
    breaks: { ...inter, 'Applicable Tax Rate': '65' },
    keeps: [{ ...inter, 'Applicable Tax Rate': '65%', 'IGST Amount': '117' }],
  },
  {
    code: 'error tax.miscalculated',
    breaks: { ...inter, 'IGST Amount': '' },
    keeps: [
      { ...inter, 'IGST Amount': '', 'Export Type': 'SEZ_WITHOUT_IGST' },
      { ...inter, 'IGST Amount': '', 'Is Reverse Charge': 'Y' },
    ],
  },
  {
    code: 'warning tax.miscalculated_on_note',
    breaks: { ...inter, 'Document Type': 'CREDIT', 'IGST Amount': '170' },
    keeps: [{ ...inter, 'Document Type': 'CREDIT' }],
  },
  {
    code: 'error bill_of_supply.with_tax',
    breaks: { ...inter, 'Is this a Bill of Supply': 'Y' },
    keeps: [{ ...inter, ...zero, 'Is this a Bill of Supply': 'Y' }],
  },
  {
    code: 'error zero_tax_category.with_tax',
    breaks: { ...inter, 'Zero Tax Category': 'NILRATED' },
    keeps: [{ ...inter, ...zero, 'GST Rate': '0', 'IGST Rate': '0', 'Zero Tax Category': 'Nil Rated' }],
  },
  {
    code: 'error document_total_amount.differs_from_lines',
    breaks: { ...inter, 'Document Total Amount': '1181.01' },
    keeps: [{ ...inter, 'Document Total Amount': '1181' }],
  },
  {
    code: 'error document_igst_amount.differs_from_lines',
    breaks: { ...inter, 'Document IGST Amount': '178.99' },
    keeps: [{ ...inter, 'Document IGST Amount': '180' }],
  },
  {
    code: 'error document_total_amount.differs_from_lines',
    breaks: { ...inter, 'Document Total Amount': '1000.00' },
    keeps: [{ ...inter, 'Document Total Amount': '1000.00', 'Is Reverse Charge': 'Y' }],
  },
  {
    code: 'error supplier_name.too_long',
    breaks: { ...intra, 'Supplier Name': 'x'.repeat(201) },
    keeps: [{ ...intra, 'Supplier Name': 'x'.repeat(200) }],
  },
]

describe.each(rules)('$code', ({ code, breaks, keeps }) => {
  test('a line that breaks it draws it, and says what to do', () => {
    const issue = issuesOf(breaks).find((each) => `${each.severity} ${each.code}` === code)
    expect(issue?.column).toBeDefined()
    expect(issue?.message).toMatch(/^[a-z0-9].*\.$/)
    expect(issue?.message).not.toMatch(/[\\^$]|\[A-Z/)
  })

  test('it is all that the line draws', () => {
    expect(found(breaks)).toEqual([code])
  })

  test('a line that just keeps it draws nothing', () => {
    for (const line of keeps) expect(found(line)).toEqual([])
  })
})

test('check characters do not count in the sandbox, whose registrations have wrong ones', () => {
  expect(found({ ...intra, 'Supplier GSTIN': '27AAPFU0939F1ZW' }, { environment: 'sandbox' })).toEqual([])
})

test('a wrong cell breaks no further rule', () => {
  expect(found({ ...intra, 'Supplier GSTIN': 'X' })).toEqual(['error supplier_gstin.malformed'])
  expect(found({ ...intra, 'Place of Supply': 'X' })).toEqual(['error place_of_supply.unknown'])
  expect(found({ ...intra, 'Item Taxable Amount': 'X' })).toEqual(['error amount.unreadable'])
  expect(found({ ...intra, 'CGST Amount': 'X' })).toEqual(['error amount.unreadable'])
})
