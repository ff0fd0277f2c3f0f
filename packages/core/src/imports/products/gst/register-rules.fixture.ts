import type { Cells } from '../../importer.conformance.ts'
import { checkCharacter } from './gstin.ts'
import type { RuleCase } from './register-rules.conformance.ts'

export const zero = { 'CGST Amount': '', 'SGST Amount': '', 'IGST Amount': '' }
export const invoiceNamed = { 'Linked Invoice Number': 'MH/0001', 'Linked Invoice Date': '01-10-2025' }
const advance = {
  'Linked Advance Document Number': 'ADV/1',
  'Linked Advance Document Date': '01-10-2025',
  'Linked Advance Adjustment Amount': '500',
}

/** A GSTIN of the fourteen characters it begins with. */
export function registration(start: string): string {
  return start + checkCharacter(start)
}

/** Lines that break the rules which sales and purchases share, made of one within the state and one to another; without totals. */
export function sharedCases({ intra, inter }: { intra: Cells; inter: Cells }): RuleCase[] {
  const note = { ...inter, ...invoiceNamed, 'Document Type': 'CREDIT' }
  return [
    { code: 'error document_type.missing', breaks: { ...intra, 'Document Type': ' ' }, keeps: [intra] },
    {
      code: 'error document_type.unknown',
      breaks: { ...intra, 'Document Type': 'RECEIPT' },
      keeps: [
        { ...intra, ...invoiceNamed, 'Document Type': 'credit note' },
        { ...intra, ...invoiceNamed, 'Document Type': 'Debit' },
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
      code: 'error is_reverse_charge.unreadable',
      breaks: { ...intra, 'Is Reverse Charge': 'maybe' },
      keeps: [{ ...intra, 'Is Reverse Charge': 'No' }],
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
    {
      code: 'notice number.rounded',
      breaks: { ...intra, 'Item Quantity': '1.1234567' },
      keeps: [{ ...intra, 'Item Quantity': '1.123456' }],
    },
    {
      code: 'warning item_taxable_amount.differs_from_price',
      breaks: { ...intra, 'Item Unit Price': '500.51' },
      keeps: [
        { ...intra, 'Item Unit Price': '500.5' },
        { ...intra, 'Item Unit Price': '600', 'Item Discount Amount': '199' },
        { ...intra, 'Item Unit Price': '600', 'Item Quantity': '' },
        { ...intra, 'Item Unit Price': '600', 'Item Quantity': '0' },
        { ...intra, 'Item Unit Price': '0.33', 'Item Quantity': '3000' },
        { ...intra, 'Item Unit Price': '95', 'Item Quantity': '10.5' },
      ],
    },
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
      breaks: { ...intra, 'CGST Rate': '6', 'SGST Rate': '6' },
      keeps: [{ ...intra, 'CGST Rate': '', 'SGST Rate': '' }],
    },
    { code: 'error igst_amount.on_intra_state', breaks: { ...intra, 'IGST Amount': '0.01' }, keeps: [{ ...intra, 'IGST Amount': '0' }] },
    { code: 'error cgst_amount.on_inter_state', breaks: { ...inter, 'SGST Amount': '0.01' }, keeps: [{ ...inter, 'SGST Amount': '0.00' }] },
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
      code: 'warning tax.rounded',
      settings: { taxTolerance: 5 },
      breaks: { ...inter, 'IGST Amount': '181.01' },
      keeps: [{ ...inter, 'IGST Amount': '181.00' }],
    },
    {
      code: 'warning document_total_amount.rounded',
      settings: { taxTolerance: 5 },
      breaks: { ...inter, 'Document Total Amount': '1181.01' },
      keeps: [{ ...inter, 'Document Total Amount': '1181.00' }],
    },
    {
      code: 'warning tax.miscalculated_on_note',
      breaks: { ...note, 'IGST Amount': '170' },
      keeps: [note, { ...note, 'Document Type': 'DEBIT', 'IGST Amount': '179' }],
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
    {
      code: 'error supplier_gstin.malformed',
      breaks: { ...intra, 'Supplier GSTIN': '27AAPFU0939F1Z' },
      keeps: [{ ...intra, 'Supplier GSTIN': ' 27AAPFU0939F1ZV ' }],
    },
    { code: 'error supplier_gstin.check_digit', breaks: { ...intra, 'Supplier GSTIN': '27AAPFU0939F1ZW' }, keeps: [intra] },
    { code: 'error customer_gstin.same_as_supplier', breaks: { ...intra, 'Customer GSTIN': '27AAPFU0939F1ZV' }, keeps: [intra] },
    {
      code: 'warning document_date.older_than_18_months',
      breaks: { ...intra, 'Document Date': '31-03-2024', 'Return Filing Month': '10-2025' },
      keeps: [{ ...intra, 'Document Date': '01-04-2024', 'Return Filing Month': '10-2025' }],
    },
    {
      code: 'warning place_of_supply.former_state',
      breaks: { ...inter, 'Place of Supply': '25', 'Document Date': '26-01-2020' },
      keeps: [{ ...inter, 'Place of Supply': '25', 'Document Date': '25-01-2020' }],
    },
    {
      code: 'warning place_of_supply.state_not_yet',
      breaks: { ...inter, 'Place of Supply': '38', 'Document Date': '30-10-2019' },
      keeps: [{ ...inter, 'Place of Supply': '38', 'Document Date': '31-10-2019' }],
    },
    {
      code: 'warning supplier_gstin.former_state',
      breaks: { ...inter, 'Supplier GSTIN': registration('25AAPFU0939F1Z'), 'Document Date': '26-01-2020' },
      keeps: [{ ...inter, 'Supplier GSTIN': registration('25AAPFU0939F1Z'), 'Document Date': '25-01-2020' }],
    },
    {
      code: 'warning supplier_gstin.state_not_yet',
      breaks: { ...inter, 'Supplier GSTIN': registration('38AAPFU0939F1Z'), 'Document Date': '30-10-2019' },
      keeps: [{ ...inter, 'Supplier GSTIN': registration('38AAPFU0939F1Z'), 'Document Date': '31-10-2019' }],
    },
    {
      code: 'warning customer_gstin.former_state',
      breaks: { ...inter, 'Customer GSTIN': registration('25AAGCB7383J1Z'), 'Document Date': '26-01-2020' },
      keeps: [{ ...inter, 'Customer GSTIN': registration('25AAGCB7383J1Z'), 'Document Date': '25-01-2020' }],
    },
    {
      code: 'warning customer_gstin.state_not_yet',
      breaks: { ...inter, 'Customer GSTIN': registration('38AAGCB7383J1Z'), 'Document Date': '30-10-2019' },
      keeps: [{ ...inter, 'Customer GSTIN': registration('38AAGCB7383J1Z'), 'Document Date': '31-10-2019' }],
    },
    {
      code: 'error supplier_gstin.not_a_supplier',
      breaks: { ...inter, 'Supplier GSTIN': registration('27MUMA12345B1D') },
      keeps: [
        { ...inter, 'Supplier GSTIN': registration('27MUMA12340B1Z') },
        { ...inter, 'Supplier GSTIN': registration('27AAPFU0939F1Z') },
      ],
    },
    {
      code: 'error customer_gstin.not_a_recipient',
      breaks: { ...inter, 'Customer GSTIN': registration('29AAGCB7383J1C') },
      keeps: [
        { ...inter, 'Customer GSTIN': registration('29MUMA12345B1D') },
        { ...inter, 'Customer GSTIN': registration('2917USA12345UN') },
        { ...inter, 'Customer GSTIN': registration('2917USA12345NR') },
      ],
    },
    {
      code: 'notice linked_invoice.missing',
      breaks: { ...note, 'Linked Invoice Number': '', 'Linked Invoice Date': '' },
      keeps: [note],
    },
    {
      code: 'warning linked_invoice.incomplete',
      breaks: { ...note, 'Linked Invoice Number': '' },
      keeps: [note],
    },
    {
      code: 'warning linked_invoice.on_invoice',
      breaks: { ...note, 'Document Type': 'INVOICE' },
      keeps: [{ ...note, 'Document Type': 'DEBIT' }],
    },
    {
      code: 'error linked_invoice_date.after_document',
      breaks: { ...note, 'Linked Invoice Date': '15-10-2025' },
      keeps: [{ ...note, 'Linked Invoice Date': '14-10-2025' }],
    },
    {
      code: 'warning linked_invoice_date.too_long_ago',
      breaks: { ...note, 'Linked Invoice Date': '31-03-2025', 'Return Filing Month': '11-2025' },
      keeps: [
        { ...note, 'Linked Invoice Date': '31-03-2025', 'Return Filing Month': '10-2025' },
        { ...note, 'Linked Invoice Date': '01-04-2025', 'Return Filing Month': '11-2025' },
        { ...note, 'Document Type': 'DEBIT', 'Linked Invoice Date': '31-03-2025', 'Return Filing Month': '11-2025' },
      ],
    },
    {
      code: 'error linked_invoice_date.impossible',
      breaks: { ...note, 'Linked Invoice Date': '31-09-2025' },
      keeps: [{ ...note, 'Linked Invoice Date': '30-09-2025' }],
    },
    {
      code: 'warning linked_advance.incomplete',
      breaks: { ...inter, ...advance, 'Linked Advance Adjustment Amount': '' },
      keeps: [{ ...inter, ...advance }],
    },
    {
      code: 'error linked_advance_document_date.after_document',
      breaks: { ...inter, ...advance, 'Linked Advance Document Date': '15-10-2025' },
      keeps: [{ ...inter, ...advance, 'Linked Advance Document Date': '14-10-2025' }],
    },
    {
      code: 'warning is_this_document_deleted.also_cancelled',
      breaks: { ...inter, 'Is this Document Deleted': 'Y', 'Is this Document Cancelled': 'Y' },
      keeps: [
        { ...inter, 'Is this Document Deleted': 'Y' },
        { ...inter, 'Is this Document Cancelled': 'Y', 'GST Rate': '18', 'IGST Amount': '0', 'Document Total Amount': '0' },
      ],
    },
    {
      code: 'error is_this_document_cancelled.unreadable',
      breaks: { ...inter, 'Is this Document Cancelled': 'void' },
      keeps: [{ ...inter, 'Is this Document Cancelled': 'FALSE' }],
    },
    {
      code: 'notice item_unit_code.missing',
      breaks: { ...intra, 'Item Unit Code': '' },
      keeps: [
        { ...intra, 'Item Unit Code': '', 'Item Quantity': '' },
        { ...intra, 'Item Unit Code': '', 'Item Category': 'S', 'HSN or SAC code': '998313' },
      ],
    },
    {
      code: 'warning gst_rate.ended',
      breaks: { ...inter, 'Document Date': '22-09-2025', 'GST Rate': '12', 'IGST Rate': '12', 'IGST Amount': '120' },
      keeps: [{ ...inter, 'Document Date': '21-09-2025', 'GST Rate': '12', 'IGST Rate': '12', 'IGST Amount': '120' }],
    },
    {
      code: 'warning gst_rate.not_yet',
      breaks: { ...inter, 'Document Date': '21-09-2025', 'GST Rate': '40', 'IGST Rate': '40', 'IGST Amount': '400' },
      keeps: [{ ...inter, 'Document Date': '22-09-2025', 'GST Rate': '40', 'IGST Rate': '40', 'IGST Amount': '400' }],
    },
    {
      code: 'error sgst_rate.differs_from_cgst',
      breaks: { ...intra, 'CGST Rate': '6', 'SGST Rate': '14', 'GST Rate': '', 'CGST Amount': '100', 'SGST Amount': '100' },
      keeps: [{ ...intra, 'CGST Rate': '9', 'SGST Rate': '9.0', 'GST Rate': '' }],
    },
    {
      code: 'error zero_tax_category.unknown',
      breaks: { ...inter, ...zero, 'Zero Tax Category': 'FREE' },
      keeps: [{ ...inter, ...zero, 'GST Rate': '0', 'IGST Rate': '0', 'Zero Tax Category': 'non-GST supply' }],
    },
    {
      code: 'warning zero_tax_category.with_rate',
      breaks: { ...inter, ...zero, 'Zero Tax Category': 'EXEMPTED' },
      keeps: [{ ...inter, ...zero, 'GST Rate': '0', 'IGST Rate': '', 'Zero Tax Category': 'EXEMPTED' }],
    },
    {
      code: 'notice zero_tax_category.missing',
      breaks: { ...inter, ...zero, 'GST Rate': '0', 'IGST Rate': '0' },
      keeps: [{ ...inter, ...zero, 'GST Rate': '0', 'IGST Rate': '0', 'Is this a Bill of Supply': 'Y' }],
    },
  ]
}
