import type { RuleCase } from './register-rules.conformance.ts'
import { invoiceNamed, registration, sharedCases, zero } from './register-rules.fixture.ts'
import { interStateLine, intraStateLine } from './upload-sales.fixture.ts'

export const intra = { ...intraStateLine, 'Document Total Amount': '' }
export const inter = { ...interStateLine, 'Document Total Amount': '' }
const sez = { ...inter, 'Export Type': 'SEZ_WITH_IGST' }
const abroad = { ...inter, 'Export Type': 'EXPORT_WITH_IGST', 'Place of Supply': '96', 'Customer GSTIN': '' }
const note = { ...inter, ...invoiceNamed, 'Document Type': 'CREDIT' }
const amended = { ...inter, 'Original Document Number': 'MH/0001', 'Original Document Date': '30-09-2025' }

export const salesCases: readonly RuleCase[] = [
  ...sharedCases({ intra, inter }),
  { code: 'error place_of_supply.missing', breaks: { ...intra, 'Place of Supply': '' }, keeps: [intra] },
  {
    code: 'warning place_of_supply.not_abroad',
    breaks: { ...inter, 'Export Type': 'EXPORT_WITH_IGST', 'Customer GSTIN': '' },
    keeps: [{ ...inter, 'Export Type': 'EXPORT_WITH_IGST', 'Customer GSTIN': '', 'Place of Supply': '96' }],
  },
  { code: 'error supplier_gstin.missing', breaks: { ...intra, 'Supplier GSTIN': '' }, keeps: [intra] },
  {
    code: 'error customer_gstin.malformed',
    breaks: { ...intra, 'Customer GSTIN': '27aapfu0939f2zu' },
    keeps: [
      { ...intra, 'Customer GSTIN': 'NRP' },
      { ...intra, 'Customer GSTIN': '' },
    ],
  },
  { code: 'error ecommerce_gstin.malformed', breaks: { ...intra, 'Ecommerce GSTIN': 'X' }, keeps: [{ ...intra, 'Ecommerce GSTIN': '' }] },
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
  {
    code: 'error cgst_amount.on_inter_state',
    breaks: { ...intra, 'Export Type': 'SEZ_WITH_IGST' },
    keeps: [{ ...sez, 'Place of Supply': '27' }],
  },
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
    code: 'warning supplier_gstin.other_return',
    breaks: { ...inter, 'Supplier GSTIN': registration('9917USA12345OS') },
    keeps: [inter],
  },
  {
    code: 'error ecommerce_gstin.not_an_operator',
    breaks: { ...inter, 'Ecommerce GSTIN': '24AAQCA8719H1ZC' },
    keeps: [{ ...inter, 'Ecommerce GSTIN': registration('24AAQCA8719H1C') }],
  },
  {
    code: 'warning customer_state.differs_from_gstin',
    breaks: { ...inter, 'Customer State': 'Maharashtra' },
    keeps: [
      { ...inter, 'Customer State': 'karnataka' },
      { ...inter, 'Customer State': 'KA' },
      { ...inter, 'Customer State': 'Maharashtra', 'Customer GSTIN': '' },
    ],
  },
  {
    code: 'warning place_of_supply.abroad_without_export',
    breaks: { ...inter, 'Place of Supply': '96', 'Customer GSTIN': '' },
    keeps: [{ ...inter, 'Place of Supply': '97', 'Customer GSTIN': '' }, abroad],
  },
  {
    code: 'error reverse_charge.on_deemed_export',
    breaks: { ...inter, 'Export Type': 'DEEMED', 'Is Reverse Charge': 'Y' },
    keeps: [{ ...inter, 'Export Type': 'DEEMED' }],
  },
  {
    code: 'error reverse_charge.missing_from_bonded_warehouse',
    breaks: { ...inter, 'Export Type': 'SALE_FROM_BONDED_WH' },
    keeps: [{ ...inter, 'Export Type': 'SALE_FROM_BONDED_WH', 'Place of Supply': '27', 'Is Reverse Charge': 'Y' }],
  },
  {
    code: 'error export_type.without_customer_gstin',
    breaks: { ...sez, 'Customer GSTIN': '' },
    keeps: [sez, { ...inter, 'Export Type': 'REGULAR', 'Customer GSTIN': '' }],
  },
  {
    code: 'warning customer_gstin.on_export',
    breaks: { ...abroad, 'Customer GSTIN': '29AAGCB7383J1Z4' },
    keeps: [abroad, { ...abroad, 'Customer GSTIN': 'URP' }],
  },
  {
    code: 'error applicable_tax_rate.on_export',
    breaks: { ...abroad, 'Applicable Tax Rate': '65', 'IGST Amount': '117' },
    keeps: [{ ...abroad, 'Applicable Tax Rate': '100' }],
  },
  {
    code: 'error export_bill_number.malformed',
    breaks: { ...abroad, 'Export Bill Number': '12', 'Export Bill Date': '14-10-2025' },
    keeps: [
      { ...abroad, 'Export Bill Number': '123', 'Export Bill Date': '14-10-2025' },
      { ...abroad, 'Export Bill Number': '1234567', 'Export Bill Date': '14-10-2025' },
    ],
  },
  {
    code: 'error export_port_code.malformed',
    breaks: { ...abroad, 'Export Bill Number': '1234', 'Export Bill Date': '14-10-2025', 'Export Port Code': 'IN-BOM' },
    keeps: [{ ...abroad, 'Export Bill Number': '1234', 'Export Bill Date': '14-10-2025', 'Export Port Code': 'INBOM4' }],
  },
  {
    code: 'notice export_port_code.without_bill',
    breaks: { ...abroad, 'Export Port Code': 'INBOM4' },
    keeps: [abroad],
  },
  {
    code: 'error linked_invoice_date.pre_gst',
    breaks: { ...note, 'Document Date': '31-10-2018', 'Linked Invoice Date': '30-06-2017' },
    keeps: [
      { ...note, 'Document Date': '31-10-2018', 'Linked Invoice Date': '30-06-2017', 'Is Linked Invoice Pre GST': 'Y' },
      { ...note, 'Document Date': '31-10-2018', 'Linked Invoice Date': '01-07-2017' },
    ],
  },
  {
    code: 'error is_linked_invoice_pre_gst.not_before',
    breaks: { ...note, 'Is Linked Invoice Pre GST': 'Y' },
    keeps: [{ ...note, 'Is Linked Invoice Pre GST': 'N' }],
  },
  {
    code: 'warning linked_invoice_customer_gstin.differs',
    breaks: { ...note, 'Linked Invoice Customer GSTIN': '24AAQCA8719H1ZC' },
    keeps: [{ ...note, 'Linked Invoice Customer GSTIN': '29AAGCB7383J1Z4' }],
  },
  {
    code: 'error original_document.incomplete',
    breaks: { ...amended, 'Original Document Date': '' },
    keeps: [amended],
  },
  {
    code: 'error original_document_number.malformed',
    breaks: { ...amended, 'Original Document Number': 'MH 1' },
    keeps: [{ ...amended, 'Original Document Number': 'MH-1' }],
  },
  {
    code: 'error original_document_date.before_gst',
    breaks: { ...amended, 'Original Document Date': '30-06-2017' },
    keeps: [{ ...amended, 'Original Document Date': '01-07-2017' }],
  },
  {
    code: 'error original_document_date.after_return_month',
    breaks: { ...amended, 'Original Document Date': '01-11-2025' },
    keeps: [amended],
  },
  {
    code: 'warning original_document_date.in_same_return',
    breaks: { ...amended, 'Original Document Date': '01-10-2025' },
    keeps: [
      { ...amended, 'Original Document Date': '30-09-2025' },
      { ...amended, 'Original Document Date': '01-10-2025', 'Return Filing Month': '11-2025' },
    ],
  },
  {
    code: 'warning is_gst_tds_deducted.without_customer_gstin',
    breaks: { ...inter, 'Is GST TDS Deducted': 'Y', 'Customer GSTIN': '' },
    keeps: [{ ...inter, 'Is GST TDS Deducted': 'Y' }],
  },
  {
    code: 'error igst_amount.under_bond',
    breaks: { ...inter, 'Export Type': 'SEZ_WITHOUT_IGST' },
    keeps: [{ ...inter, ...zero, 'Export Type': 'SEZ_WITHOUT_IGST' }],
  },
  {
    code: 'warning zero_tax_category.not_a_uin_holder',
    breaks: { ...inter, ...zero, 'GST Rate': '0', 'IGST Rate': '0', 'Zero Tax Category': 'UINHOLDER' },
    keeps: [
      {
        ...inter,
        ...zero,
        'GST Rate': '0',
        'IGST Rate': '0',
        'Zero Tax Category': 'UIN_HOLDER',
        'Customer GSTIN': registration('2917USA12345UN'),
      },
    ],
  },
]
