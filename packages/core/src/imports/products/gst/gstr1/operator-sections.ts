import { gstin } from '../cells.ts'
import { gstinKind } from '../gstin.ts'
import { everyTax, invoiceTax, itemNumber, originalPeriod, placeTax, supplyType, unflagged } from './reckoning.ts'
import type { Section, SectionCell, SectionColumn, SectionRule } from './section.ts'
import { label, monthName, partyName } from './section-cells.ts'
import {
  amendedMonth,
  amendedYear,
  dateOf,
  invoiceNumber,
  needed,
  optional,
  originalNumber,
  placeOfSupply,
  signed11,
  signedCess,
  signedTaxableValue,
  taxableValue,
  taxRate,
  unsigned13,
} from './section-columns.ts'
import { notTheFiler, sameSign } from './section-rules.ts'

/** Sections about supplies through an operator of electronic commerce. */

const supplier = needed('stin', 'Supplier GSTIN/UIN', gstin, 'GSTIN or UIN of the supplier')
const supplierName = optional('sname', 'Supplier Name', partyName, 'Does not go into the return')
const recipient = needed('rtin', 'Recipient GSTIN/UIN', gstin, 'GSTIN or UIN of the customer')
const recipientName = optional('cname', 'Recipient Name', partyName, 'Does not go into the return')
const number: readonly SectionColumn[] = [invoiceNumber('Document Number'), dateOf('idt', 'Document Date')]
const amendment: readonly SectionColumn[] = [
  originalNumber('oinum', 'Original Document Number'),
  dateOf('oidt', 'Original Document Date'),
  invoiceNumber('Revised Document Number'),
  dateOf('idt', 'Revised Document Date'),
]
const value = needed('val', 'Value of supplies made', unsigned13, 'Rupees of the whole document, with tax')

/** A kind that the tax network does not know is left out of the return, not refused. */
const documentKinds = label(
  { Regular: 'R', 'Deemed Exp': 'DE', 'SEZ supplies with payment': 'SEWP', 'SEZ supplies without payment': 'SEWOP' },
  { 'Regular B2B': 'R', 'Deemed Exports': 'DE' },
)
const documentKind: SectionCell = {
  type: 'text',
  reader: (noun, filer) => {
    const read = documentKinds.reader(noun, filer)
    return (cell, say) => {
      const advice =
        'so the row is taken as leaving the state. Write Regular, Deemed Exp, or one of the SEZ supplies with or without payment.'
      return read(cell, () => say('warning', `${noun}.unknown`, `is not a kind of document that the tax network knows, ${advice}`)) ?? ''
    }
  },
}
const documentType = needed('inv_typ', 'Document type', documentKind, 'Regular, or the kind of supply to a special zone')

const natures = { 'Liable to collect tax u/s 52(TCS)': 'clttx', 'Liable to pay tax u/s 9(5)': 'paytx' }
const amendedNatures = Object.fromEntries(Object.entries(natures).map(([words, key]) => [words, `${key}a`]))
const taxes: readonly SectionColumn[] = [
  optional('igst', 'Integrated tax', signed11, 'Rupees', { otherwise: 0 }),
  optional('cgst', 'Central tax', signed11, 'Rupees', { otherwise: 0 }),
  optional('sgst', 'State/UT tax', signed11, 'Rupees', { otherwise: 0 }),
  optional('cess', 'Cess', signed11, 'Rupees', { otherwise: 0 }),
]
const taxKeys = ['suppval', 'igst', 'cgst', 'sgst', 'cess']
const ownTaxes: readonly SectionRule[] = [
  ...['igst', 'cgst', 'sgst', 'cess'].map((field) => sameSign(field, 'suppval')),
  {
    code: 'state_tax.differs_from_central',
    severity: 'error',
    field: 'sgst',
    broken: ({ cgst, sgst }) => cgst !== undefined && sgst !== undefined && cgst !== sgst,
    message: ({ cgst }) => `is not the same as the Central tax ${cgst}; each is half of the tax.`,
  },
  {
    code: 'gstin.no_operator',
    severity: 'error',
    field: 'etin',
    broken: ({ nat_supp, etin }) =>
      String(nat_supp).startsWith('clttx') && etin !== undefined && gstinKind(String(etin)) !== 'ecommerce_operator',
    message: () =>
      'is not the registration of an operator, which has a C before its last character; write that one, or correct the Nature of Supply.',
  },
]

const items = ['num', 'itm_det.txval', 'itm_det.rt', 'itm_det.iamt', 'itm_det.camt', 'itm_det.samt', 'itm_det.csamt']
const bareItems = ['rt', 'txval', 'iamt', 'camt', 'samt', 'csamt']
const flat = ['txval', 'rt', 'csamt', 'sply_ty', 'camt', 'samt', 'iamt', 'flag']
const once = { by: ['rt'], counts: 'last' } as const
const documentTaxes = [supplyType, invoiceTax, itemNumber, unflagged]

export const operatorSections: readonly Section[] = [
  {
    key: 'ECO',
    title: 'Supplies through operators',
    table: '14',
    columns: [
      needed('nat_supp', 'Nature of Supply', label(natures), 'Whether tax is collected under section 52 or paid under section 9(5)'),
      needed('etin', 'GSTIN of E-Commerce Operator', gstin, 'GSTIN of the operator'),
      optional('cname', 'E-Commerce Operator Name', partyName, 'Does not go into the return'),
      needed('suppval', 'Net value of supplies', signed11, 'Rupees, without tax'),
      ...taxes,
    ],
    rules: ownTaxes,
    reckoned: [],
    together: ['nat_supp', 'etin'],
    unit: ['nat_supp', 'etin'],
    repeated: { by: [], counts: 'first' },
    groups: [],
    keys: [['etin', ...taxKeys]],
  },
  {
    key: 'ECOA',
    title: 'Amended supplies through operators',
    table: '14A',
    columns: [
      needed('nat_supp', 'Nature of Supply', label(amendedNatures), 'Whether tax is collected under section 52 or paid under section 9(5)'),
      amendedYear,
      needed('omonth', 'Original Month/Quarter', monthName, 'Month that is amended, by its name'),
      needed('oetin', 'Original GSTIN of E-Commerce Operator', gstin, 'As it was reported before'),
      needed('etin', 'Revised GSTIN of E-Commerce Operator', gstin, 'GSTIN of the operator'),
      optional('cname', 'E-Commerce Operator Name', partyName, 'Does not go into the return'),
      needed('suppval', 'Revised Net value of supplies', signed11, 'Rupees, without tax'),
      ...taxes,
    ],
    rules: ownTaxes,
    reckoned: [originalPeriod],
    together: ['nat_supp', 'oetin', 'fy', 'omonth'],
    unit: ['nat_supp', 'oetin', 'fy', 'omonth'],
    repeated: { by: [], counts: 'first' },
    groups: [],
    keys: [['omon', 'oetin', 'etin', ...taxKeys]],
  },
  {
    key: 'ECOB2B',
    title: 'Supplies under section 9(5), registered to registered',
    table: '15',
    columns: [
      supplier,
      supplierName,
      recipient,
      recipientName,
      ...number,
      value,
      placeOfSupply,
      documentType,
      taxRate,
      taxableValue,
      signedCess,
    ],
    rules: [notTheFiler('stin')],
    reckoned: documentTaxes,
    together: ['inum'],
    unit: ['inum', 'stin', 'rtin'],
    repeated: once,
    agree: { rows: 'unit_key', on: ['sname', 'cname', 'idt', 'val', 'pos', 'inv_typ'] },
    groups: [['stin', 'rtin'], ['inum']],
    keys: [['stin', 'rtin', 'inv[]'], ['sply_ty', 'inum', 'idt', 'val', 'pos', 'inv_typ', 'itms[]', 'flag'], items],
  },
  {
    key: 'ECOB2C',
    title: 'Supplies under section 9(5), registered to unregistered',
    table: '15',
    columns: [supplier, supplierName, placeOfSupply, signedTaxableValue, taxRate, signedCess],
    rules: [notTheFiler('stin')],
    reckoned: [supplyType, everyTax, unflagged],
    together: ['pos', 'rt', 'stin'],
    unit: ['pos', 'rt', 'stin'],
    repeated: { by: [], counts: 'last' },
    groups: [],
    keys: [['stin', 'pos', ...flat]],
  },
  {
    key: 'ECOURP2B',
    title: 'Supplies under section 9(5), unregistered to registered',
    table: '15',
    columns: [recipient, recipientName, ...number, value, placeOfSupply, documentType, taxRate, taxableValue, signedCess],
    rules: [],
    reckoned: documentTaxes,
    together: ['inum'],
    unit: ['inum', 'rtin'],
    repeated: once,
    agree: { rows: 'unit_key', on: ['cname', 'idt', 'val', 'pos', 'inv_typ'] },
    groups: [['rtin'], ['inum']],
    keys: [['rtin', 'inv[]'], ['sply_ty', 'inum', 'idt', 'val', 'pos', 'inv_typ', 'itms[]', 'flag'], items],
  },
  {
    key: 'ECOURP2C',
    title: 'Supplies under section 9(5), unregistered to unregistered',
    table: '15',
    columns: [placeOfSupply, signedTaxableValue, taxRate, signedCess],
    rules: [],
    reckoned: [supplyType, everyTax, unflagged],
    together: ['pos', 'rt'],
    unit: ['pos', 'rt'],
    repeated: { by: [], counts: 'first' },
    groups: [],
    keys: [['pos', ...flat]],
  },
  {
    key: 'ECOAB2B',
    title: 'Amended supplies under section 9(5), registered to registered',
    table: '15A',
    columns: [
      supplier,
      supplierName,
      recipient,
      recipientName,
      ...amendment,
      value,
      placeOfSupply,
      documentType,
      taxRate,
      taxableValue,
      signedCess,
    ],
    rules: [notTheFiler('stin')],
    reckoned: documentTaxes,
    together: ['inum'],
    unit: ['inum', 'stin', 'rtin'],
    repeated: once,
    agree: { rows: 'unit_key', on: ['sname', 'cname', 'oinum', 'oidt', 'idt', 'val', 'pos', 'inv_typ'] },
    groups: [['stin', 'rtin'], ['inum']],
    keys: [['stin', 'rtin', 'inv[]'], ['sply_ty', 'oinum', 'oidt', 'inum', 'idt', 'val', 'pos', 'inv_typ', 'itms[]', 'flag'], items],
  },
  {
    key: 'ECOAB2C',
    title: 'Amended supplies under section 9(5), registered to unregistered',
    table: '15A',
    columns: [amendedYear, amendedMonth, supplier, supplierName, placeOfSupply, taxRate, signedTaxableValue, signedCess],
    rules: [notTheFiler('stin')],
    reckoned: [originalPeriod, supplyType, placeTax, unflagged, ({ stin = '' }) => ({ ostin: stin })],
    together: ['pos', 'stin', 'fy', 'omonth', 'rt'],
    unit: ['pos', 'stin', 'fy', 'omonth', 'rt'],
    repeated: { by: [], counts: 'last' },
    groups: [['pos'], ['stin', 'fy', 'omonth']],
    keys: [['pos', 'posItms[]'], ['sply_ty', 'omon', 'stin', 'itms[]', 'flag', 'ostin'], bareItems],
  },
  {
    key: 'ECOAURP2B',
    title: 'Amended supplies under section 9(5), unregistered to registered',
    table: '15A',
    columns: [recipient, recipientName, ...amendment, value, documentType, placeOfSupply, taxRate, taxableValue, signedCess],
    rules: [],
    reckoned: documentTaxes,
    together: ['inum'],
    unit: ['inum', 'rtin'],
    repeated: once,
    agree: { rows: 'unit_key', on: ['cname', 'oinum', 'oidt', 'idt', 'val', 'pos', 'inv_typ'] },
    groups: [['rtin'], ['inum']],
    keys: [['rtin', 'inv[]'], ['inum', 'idt', 'oinum', 'oidt', 'val', 'pos', 'inv_typ', 'itms[]', 'flag', 'sply_ty'], items],
  },
  {
    key: 'ECOAURP2C',
    title: 'Amended supplies under section 9(5), unregistered to unregistered',
    table: '15A',
    columns: [amendedYear, amendedMonth, placeOfSupply, taxRate, signedTaxableValue, signedCess],
    rules: [],
    reckoned: [originalPeriod, supplyType, placeTax, unflagged],
    together: ['pos', 'fy', 'omonth', 'rt'],
    unit: ['pos', 'fy', 'omonth', 'rt'],
    repeated: { by: [], counts: 'last' },
    groups: [['pos', 'fy', 'omonth']],
    keys: [['sply_ty', 'omon', 'pos', 'flag', 'itms[]'], bareItems],
  },
]
