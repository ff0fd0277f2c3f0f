import { oneOf, text } from '../../cells.ts'
import { amount, date, freeRate, halfRate, hsn, quantity, rate, unit } from './cells.ts'
import { always, ofDocument, ofLine, type RegisterColumn } from './register.ts'

/** Words and columns that the templates of sales and purchases share. */

export const documentTypes = oneOf(['INVOICE', 'CREDIT', 'DEBIT'], {
  INV: 'INVOICE',
  TAX_INVOICE: 'INVOICE',
  BILL_OF_SUPPLY: 'INVOICE',
  CREDIT_NOTE: 'CREDIT',
  CRN: 'CREDIT',
  DEBIT_NOTE: 'DEBIT',
  DBN: 'DEBIT',
})
export const itemCategories = oneOf(['G', 'S'], { GOODS: 'G', SERVICES: 'S', SERVICE: 'S' })
const zeroTaxCategories = oneOf(['NILRATED', 'EXEMPTED', 'NONGSTSUPPLY', 'SUPPLYFROMCOMPOSITIONDEALER', 'UINHOLDER'])

/** An advance that the document uses up. */
export const advanceColumns: readonly RegisterColumn[] = [
  ofDocument('Linked Advance Document Number', text(50), 'Advance receipt that this document uses up'),
  ofDocument('Linked Advance Document Date', date, 'DD-MM-YYYY'),
  ofDocument('Linked Advance Adjustment Amount', amount, 'Rupees of the advance used up'),
]

/** What was sold, in what quantity, and the tax on it. */
export const itemColumns: readonly RegisterColumn[] = [
  ofLine('HSN or SAC code', hsn, '4 to 8 digits', { aliases: ['HSN', 'HSN/SAC', 'HSN Code'] }),
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
]

export const totalColumns: readonly RegisterColumn[] = [
  ofDocument('Document CGST Amount', amount, 'Sum over the lines'),
  ofDocument('Document SGST Amount', amount, 'Sum over the lines'),
  ofDocument('Document IGST Amount', amount, 'Sum over the lines'),
  ofDocument('Document Cess Amount', amount, 'Sum over the lines'),
  ofDocument('Document Total Amount', amount, 'Taxable amounts and taxes of all lines', { aliases: ['Invoice Value', 'Document Value'] }),
]
