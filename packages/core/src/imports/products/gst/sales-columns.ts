import type { Column } from '../../importer.ts'
import {
  amount,
  type CellKind,
  counterpartyGstin,
  date,
  documentNumber,
  flag,
  freeRate,
  gstin,
  halfRate,
  hsn,
  month,
  oneOf,
  place,
  quantity,
  rate,
  text,
  unit,
} from './cells.ts'

/** A column of the sales template. Its field, in rules and in the database, is its header in snake case. */
export type SalesColumn = Column & {
  field: string
  /** Whether all rows of a document must agree on it. */
  level: 'document' | 'line'
  kind: CellKind
  /** An empty cell is an error. */
  needed?: true
}

type More = Pick<SalesColumn, 'aliases' | 'required' | 'needed'>

const always: More = { required: true, needed: true }
const documentTypes = oneOf(['INVOICE', 'CREDIT', 'DEBIT'], {
  INV: 'INVOICE',
  TAX_INVOICE: 'INVOICE',
  BILL_OF_SUPPLY: 'INVOICE',
  CREDIT_NOTE: 'CREDIT',
  CRN: 'CREDIT',
  DEBIT_NOTE: 'DEBIT',
  DBN: 'DEBIT',
})
const categories = oneOf(['G', 'S'], { GOODS: 'G', SERVICES: 'S', SERVICE: 'S' })
const zeroTaxCategories = oneOf(['NILRATED', 'EXEMPTED', 'NONGSTSUPPLY', 'SUPPLYFROMCOMPOSITIONDEALER', 'UINHOLDER'])
const exportTypes = oneOf(
  ['REGULAR', 'DEEMED', 'SEZ_WITHOUT_IGST', 'SEZ_WITH_IGST', 'EXPORT_WITH_IGST', 'EXPORT_UNDER_BOND', 'SALE_FROM_BONDED_WH'],
  { SEZWP: 'SEZ_WITH_IGST', SEZWOP: 'SEZ_WITHOUT_IGST', EXPWP: 'EXPORT_WITH_IGST', EXPWOP: 'EXPORT_UNDER_BOND', DEXP: 'DEEMED' },
)
const appliedShares = oneOf(['100', '65'], { '100%': '100', '65%': '65' })

/** The sales template, in its order. */
export const salesColumns: readonly SalesColumn[] = [
  ofDocument('Document Type', documentTypes, 'INVOICE, CREDIT (credit note) or DEBIT (debit note)', {
    ...always,
    aliases: ['Invoice Type'],
  }),
  ofDocument('Document Number', documentNumber, 'At most 16 letters, digits, - and /; once in a financial year', {
    ...always,
    aliases: ['Invoice Number', 'Invoice No', 'Document No'],
  }),
  ofDocument('Document Date', date, 'DD-MM-YYYY', { ...always, aliases: ['Invoice Date'] }),
  ofDocument('Return Filing Month', month, 'MM-YYYY; empty for the month of the document', { aliases: ['Return Period'] }),
  ofDocument('Place of Supply', place, 'State code, such as 29, or 29-Karnataka; 96 for abroad', { ...always, aliases: ['POS'] }),
  ofDocument('Applicable Tax Rate', appliedShares, 'Percent of the rate that applies: 65, or empty for 100'),
  ofDocument('Is this a Bill of Supply', flag, 'Y or N'),
  ofDocument('Is Reverse Charge', flag, 'Y if the recipient pays the tax', { aliases: ['Reverse Charge'] }),
  ofDocument('Is GST TDS Deducted', flag, 'Y or N'),
  ofDocument('Linked Advance Document Number', text(50), 'Advance receipt that this document uses up'),
  ofDocument('Linked Advance Document Date', date, 'DD-MM-YYYY'),
  ofDocument('Linked Advance Adjustment Amount', amount, 'Rupees of the advance used up'),
  ofDocument('Original Document Number', text(50), 'Document that this one amends'),
  ofDocument('Original Document Date', date, 'DD-MM-YYYY'),
  ofDocument('Original Document Customer GSTIN', counterpartyGstin, 'GSTIN on the amended document'),
  ofDocument('Linked Invoice Number', text(50), 'Invoice that a credit or debit note belongs to'),
  ofDocument('Linked Invoice Date', date, 'DD-MM-YYYY'),
  ofDocument('Linked Invoice Customer GSTIN', counterpartyGstin, 'GSTIN on that invoice'),
  ofDocument('Is Linked Invoice Pre GST', flag, 'Y if that invoice is of before 01-07-2017'),
  ofDocument('Reason for Issuing CDN', text(200), 'Why a credit or debit note was issued'),
  ofDocument('Ecommerce GSTIN', counterpartyGstin, 'Operator through whom the sale was made', { aliases: ['E-Commerce GSTIN'] }),
  ofDocument('Supplier GSTIN', gstin, 'Your GSTIN', { ...always, aliases: ['Seller GSTIN', 'My GSTIN'] }),
  ofDocument('Supplier Name', text(200), 'Your name'),
  ofDocument('Customer GSTIN', counterpartyGstin, 'GSTIN of the customer; empty or NRP without one', {
    aliases: ['Buyer GSTIN', 'GSTIN/UIN of Recipient'],
  }),
  ofDocument('Customer Name', text(200), 'Name of the customer', { aliases: ['Buyer Name', 'Receiver Name'] }),
  ofDocument('Customer Address', text(500), 'Street and number'),
  ofDocument('Customer City', text(100), 'Town'),
  ofDocument('Customer State', text(100), 'State, by code or name'),
  ofDocument('Customer Taxpayer Type', text(100), 'Such as regular, SEZ or composition'),
  ofLine('Item Description', text(1000), 'What was sold'),
  ofLine('Item Category', categories, 'G for goods, S for services'),
  ofLine('HSN or SAC code', hsn, '4, 6 or 8 digits', { aliases: ['HSN', 'HSN/SAC', 'HSN Code'] }),
  ofLine('Item Quantity', quantity, 'How many units', { aliases: ['Quantity'] }),
  ofLine('Item Unit Code', unit, 'Unit quantity code, such as NOS or KGS', { aliases: ['UQC', 'Unit'] }),
  ofLine('Item Unit Price', quantity, 'Rupees a unit, before discount'),
  ofLine('Item Discount Amount', amount, 'Rupees'),
  ofLine('Item Taxable Amount', amount, 'Rupees the tax is reckoned from', { ...always, aliases: ['Taxable Value', 'Taxable Amount'] }),
  ofLine('Zero Tax Category', zeroTaxCategories, 'Why no tax is due, if none is'),
  ofLine('GST Rate', rate, 'Whole tax rate in percent', { aliases: ['Rate', 'Tax Rate'] }),
  ofLine('CGST Rate', halfRate, 'Percent; within the state'),
  ofLine('CGST Amount', amount, 'Rupees; within the state'),
  ofLine('SGST Rate', halfRate, 'Percent; within the state', { aliases: ['SGST/UTGST Rate'] }),
  ofLine('SGST Amount', amount, 'Rupees; within the state', { aliases: ['SGST/UTGST Amount'] }),
  ofLine('IGST Rate', rate, 'Percent; to another state or abroad'),
  ofLine('IGST Amount', amount, 'Rupees; to another state or abroad'),
  ofLine('CESS Rate', freeRate, 'Percent'),
  ofLine('CESS Amount', amount, 'Rupees'),
  ofDocument('Document CGST Amount', amount, 'Sum over the lines'),
  ofDocument('Document SGST Amount', amount, 'Sum over the lines'),
  ofDocument('Document IGST Amount', amount, 'Sum over the lines'),
  ofDocument('Document Cess Amount', amount, 'Sum over the lines'),
  ofDocument('Document Total Amount', amount, 'Taxable amounts and taxes of all lines', { aliases: ['Invoice Value', 'Document Value'] }),
  ofDocument('Export Type', exportTypes, 'REGULAR, or the kind of export, SEZ or deemed export'),
  ofDocument('Export Bill Number', text(50), 'Shipping bill'),
  ofDocument('Export Bill Date', date, 'DD-MM-YYYY'),
  ofDocument('Export Port Code', text(10), 'Port code of the shipping bill'),
  ofDocument('ERP Source', text(100), 'Where the document comes from'),
  ofDocument('Company Code', text(100), 'As your ERP knows it'),
  ofDocument('Voucher Type', text(100), 'As your ERP knows it'),
  ofDocument('Voucher Number', text(100), 'As your ERP knows it'),
  ofDocument('Voucher date', date, 'DD-MM-YYYY'),
  ofDocument('Is this Document Cancelled', flag, 'Y or N'),
  ofDocument('Is this Document Deleted', flag, 'Y or N'),
  ofDocument('External ID', text(200), 'As your ERP knows the document'),
  ofLine('External Line item ID', text(200), 'As your ERP knows the line'),
]

function ofDocument(header: string, kind: CellKind, help: string, more: More = {}): SalesColumn {
  return { header, field: fieldName(header), level: 'document', kind, help, ...more }
}

function ofLine(header: string, kind: CellKind, help: string, more: More = {}): SalesColumn {
  return { header, field: fieldName(header), level: 'line', kind, help, ...more }
}

function fieldName(header: string): string {
  return header.toLowerCase().replace(/[^a-z0-9]+/g, '_')
}
