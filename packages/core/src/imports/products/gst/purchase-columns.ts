import { oneOf, text } from '../../cells.ts'
import {
  amount,
  counterpartyGstin,
  customsBillNumber,
  date,
  flag,
  gstin,
  month,
  place,
  portCode,
  quantity,
  supplierDocumentNumber,
} from './cells.ts'
import { always, ofDocument, ofLine, type RegisterColumn } from './register.ts'
import { advanceColumns, documentTypes, itemCategories, itemColumns, totalColumns } from './register-columns.ts'

const importTypes = oneOf(['GOODS', 'GOODS_FROM_SEZ', 'SERVICE_FROM_SEZ', 'SERVICES'], {
  IMPG: 'GOODS',
  IMPGSEZ: 'GOODS_FROM_SEZ',
  IMPS: 'SERVICES',
  SERVICE: 'SERVICES',
  SERVICES_FROM_SEZ: 'SERVICE_FROM_SEZ',
})
/** Also by the codes of the returns: ip, is, cp, no. */
const claimTypes = oneOf(['INPUTS', 'INPUT_SERVICES', 'CAPITAL_GOODS', 'INELIGIBLE'], {
  INPUT: 'INPUTS',
  IP: 'INPUTS',
  INPUT_SERVICE: 'INPUT_SERVICES',
  IS: 'INPUT_SERVICES',
  CAPITAL_GOOD: 'CAPITAL_GOODS',
  CP: 'CAPITAL_GOODS',
  NONE: 'INELIGIBLE',
  NO: 'INELIGIBLE',
})

/** The purchase template, in its order. */
export const purchaseColumns: readonly RegisterColumn[] = [
  ofDocument('Document Type', documentTypes, 'INVOICE, CREDIT (credit note) or DEBIT (debit note)', {
    ...always,
    aliases: ['Invoice Type'],
  }),
  ofDocument('Document Number', supplierDocumentNumber, 'As the supplier wrote it; once in a financial year', {
    ...always,
    aliases: ['Invoice Number', 'Invoice No', 'Document No', 'Voucher Ref. No.'],
  }),
  ofDocument('Document Date', date, 'DD-MM-YYYY', { ...always, aliases: ['Invoice Date', 'Voucher Ref. Date'] }),
  ofDocument('Return Filing Month', month, 'MM-YYYY; empty for the month of the document', { aliases: ['Return Period'] }),
  ofDocument('Place of Supply', place, 'State code, such as 29, or 29-Karnataka; empty for your state', { aliases: ['POS'] }),
  ofDocument('Is this a Bill of Supply', flag, 'Y or N'),
  ofDocument('Is Reverse Charge', flag, 'Y if you pay the tax', { aliases: ['Reverse Charge'] }),
  ...advanceColumns,
  ofDocument('Linked Invoice Number', text(50), 'Invoice that a credit or debit note belongs to'),
  ofDocument('Linked Invoice Date', date, 'DD-MM-YYYY'),
  ofDocument('Supplier GSTIN', counterpartyGstin, 'GSTIN of the supplier; empty or NRP without one', {
    aliases: ['Seller GSTIN', 'GSTIN of Supplier', 'Vendor GSTIN'],
  }),
  ofDocument('Supplier Name', text(200), 'Name of the supplier', { aliases: ['Seller Name', 'Vendor Name'] }),
  ofDocument('Supplier Address', text(500), 'Street and number'),
  ofDocument('Supplier City', text(100), 'Town'),
  ofDocument('Supplier State', text(100), 'State, by code or name'),
  ofDocument('Is Supplier Composition Dealer', flag, 'Y if the supplier pays tax at a flat rate and charges none'),
  ofDocument('Customer GSTIN', gstin, 'Your GSTIN', { ...always, aliases: ['Buyer GSTIN', 'My GSTIN', 'Recipient GSTIN'] }),
  ofLine('Item Category', itemCategories, 'G for goods, S for services'),
  ofLine('Item Description', text(1000), 'What was bought'),
  ...itemColumns,
  ofLine('ITC Claim Type', claimTypes, 'INPUTS, INPUT_SERVICES, CAPITAL_GOODS or INELIGIBLE'),
  ofLine('ITC Claim CGST Amount', amount, 'Rupees of the tax that you claim as credit'),
  ofLine('ITC Claim SGST Amount', amount, 'Rupees of the tax that you claim as credit'),
  ofLine('ITC Claim IGST Amount', amount, 'Rupees of the tax that you claim as credit'),
  ofLine('ITC Claim CESS Amount', amount, 'Rupees of the cess that you claim as credit'),
  ...totalColumns,
  ofDocument('Import Type', importTypes, 'Empty, GOODS or SERVICES from abroad, GOODS_FROM_SEZ or SERVICE_FROM_SEZ'),
  ofDocument('Import Bill Number', customsBillNumber, 'Number of the bill of entry, 3 to 7 digits'),
  ofDocument('Import Bill Date', date, 'DD-MM-YYYY'),
  ofDocument('Import Port Code', portCode, 'Port of the bill of entry, at most 6 letters and digits'),
  ofLine('Goods Receipt Note Number', text(50), 'As your ERP knows it'),
  ofLine('Goods Receipt Note Date', date, 'DD-MM-YYYY'),
  ofLine('Goods Receipt Note Quantity', quantity, 'How many units were received'),
  ofLine('Goods Receipt Note Amount', amount, 'Rupees'),
  ofDocument('Payment Due Date', date, 'DD-MM-YYYY'),
  ofDocument('ERP Source', text(100), 'Where the document comes from'),
  ofDocument('Company Code', text(100), 'As your ERP knows it'),
  ofDocument('Vendor Code', text(100), 'As your ERP knows the supplier'),
  ofDocument('Voucher Type', text(100), 'As your ERP knows it'),
  ofDocument('Voucher Number', text(100), 'As your ERP knows it'),
  ofDocument('Voucher Date', date, 'DD-MM-YYYY'),
  ofDocument('Is this Document Cancelled', flag, 'Y or N'),
  ofDocument('Is this Document Deleted', flag, 'Y or N'),
  ofDocument('External ID', text(200), 'As your ERP knows the document'),
  ofLine('External Line Item ID', text(200), 'As your ERP knows the line'),
]
