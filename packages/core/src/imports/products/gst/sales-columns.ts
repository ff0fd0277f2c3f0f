import { oneOf, text } from '../../cells.ts'
import { counterpartyGstin, customsBillNumber, date, documentNumber, flag, gstin, month, place, portCode } from './cells.ts'
import { always, ofDocument, ofLine, type RegisterColumn } from './register.ts'
import { advanceColumns, documentTypes, itemCategories, itemColumns, totalColumns } from './register-columns.ts'

const exportTypes = oneOf(
  ['REGULAR', 'DEEMED', 'SEZ_WITHOUT_IGST', 'SEZ_WITH_IGST', 'EXPORT_WITH_IGST', 'EXPORT_UNDER_BOND', 'SALE_FROM_BONDED_WH'],
  { SEZWP: 'SEZ_WITH_IGST', SEZWOP: 'SEZ_WITHOUT_IGST', EXPWP: 'EXPORT_WITH_IGST', EXPWOP: 'EXPORT_UNDER_BOND', DEXP: 'DEEMED' },
)
const appliedShares = oneOf(['100', '65'], { '100%': '100', '65%': '65' })

/** The sales template, in its order. */
export const salesColumns: readonly RegisterColumn[] = [
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
  ...advanceColumns,
  ofDocument('Original Document Number', documentNumber, 'Document that this one amends'),
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
  ofLine('Item Category', itemCategories, 'G for goods, S for services'),
  ...itemColumns,
  ...totalColumns,
  ofDocument('Export Type', exportTypes, 'REGULAR, or the kind of export, SEZ or deemed export'),
  ofDocument('Export Bill Number', customsBillNumber, 'Number of the shipping bill, 3 to 7 digits'),
  ofDocument('Export Bill Date', date, 'DD-MM-YYYY'),
  ofDocument('Export Port Code', portCode, 'Port of the shipping bill, at most 6 letters and digits'),
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
