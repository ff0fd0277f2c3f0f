import { place } from '../cells.ts'
import { interStateTax, invoiceTax, itemNumber } from './reckoning.ts'
import type { Section, SectionColumn } from './section.ts'
import { label } from './section-cells.ts'
import {
  appliedShare,
  cess,
  dateOf,
  invoiceTypes,
  needed,
  noteNumber,
  optional,
  originalNumber,
  placeOfSupply,
  recipient,
  recipientName,
  taxableValue,
  taxRate,
  unsigned13,
  yesOrNo,
} from './section-columns.ts'
import { kindOfUnregistered, leavesTheState, moreThanNothing, notTheFiler, reverseChargeOfKind } from './section-rules.ts'

const number: readonly SectionColumn[] = [noteNumber(), dateOf('nt_dt', 'Note Date')]
const amendment: readonly SectionColumn[] = [
  originalNumber('ont_num', 'Original Note Number'),
  dateOf('ont_dt', 'Original Note Date'),
  noteNumber('Revised Note Number'),
  dateOf('nt_dt', 'Revised Note Date'),
]
const noteType = needed('ntty', 'Note Type', label({ C: 'C', D: 'D' }), 'C for a credit note, D for a debit note')
const noteValue = needed('val', 'Note Value', unsigned13, 'Rupees of the whole note, with tax')
const ofRegistered: readonly SectionColumn[] = [
  noteType,
  placeOfSupply,
  needed('rchrg', 'Reverse Charge', yesOrNo, 'Y if the recipient pays the tax, else N'),
  needed('inv_typ', 'Note Supply Type', invoiceTypes, 'Kind of the supply, as of its invoice'),
  noteValue,
  appliedShare,
  taxRate,
  taxableValue,
  cess,
]
const ofUnregistered: readonly SectionColumn[] = [
  noteType,
  optional('pos', 'Place Of Supply', place, 'State code and name, such as 29-Karnataka; empty on exports'),
  noteValue,
  appliedShare,
  taxRate,
  taxableValue,
  cess,
]
const kind = label({ B2CL: 'B2CL', EXPWP: 'EXPWP', EXPWOP: 'EXPWOP' })
const unregisteredType = needed('typ', 'UR Type', kind, 'B2CL, or EXPWP or EXPWOP for exports with or without payment of tax')

const registeredRules = [notTheFiler('ctin'), ...reverseChargeOfKind, moreThanNothing('txval')]
const unregisteredRules = [...kindOfUnregistered, leavesTheState, moreThanNothing('txval')]
const once = { by: ['rt'], counts: 'last' } as const
const itemOfRegistered = ['num', 'itm_det.txval', 'itm_det.rt', 'itm_det.iamt', 'itm_det.camt', 'itm_det.samt', 'itm_det.csamt']
const itemOfUnregistered = ['num', 'itm_det.txval', 'itm_det.rt', 'itm_det.iamt', 'itm_det.csamt']

/** Credit and debit notes, of which a row is one rate. */
export const noteSections: readonly Section[] = [
  {
    key: 'CDNR',
    title: 'Notes to registered customers',
    table: '9B',
    columns: [recipient, recipientName, ...number, ...ofRegistered],
    rules: registeredRules,
    reckoned: [invoiceTax, itemNumber],
    together: ['nt_num'],
    unit: ['nt_num', 'ctin'],
    repeated: once,
    agree: { rows: 'unit_key', on: ['cname', 'nt_dt', 'ntty', 'val', 'pos', 'rchrg', 'diff_percent', 'inv_typ'] },
    groups: [['ctin'], ['nt_num']],
    keys: [['ctin', 'nt[]'], ['nt_num', 'nt_dt', 'ntty', 'val', 'pos', 'diff_percent', 'rchrg', 'inv_typ', 'itms[]'], itemOfRegistered],
  },
  {
    key: 'CDNRA',
    title: 'Amended notes to registered customers',
    table: '9C',
    columns: [recipient, recipientName, ...amendment, ...ofRegistered],
    rules: registeredRules,
    reckoned: [invoiceTax, itemNumber],
    together: ['nt_num'],
    unit: ['nt_num', 'ctin'],
    repeated: once,
    agree: { rows: 'unit_key', on: ['cname', 'ont_num', 'ont_dt', 'nt_dt', 'ntty', 'val', 'pos', 'rchrg', 'diff_percent', 'inv_typ'] },
    groups: [['ctin'], ['nt_num']],
    keys: [
      ['ctin', 'nt[]'],
      ['ont_num', 'ont_dt', 'nt_num', 'nt_dt', 'ntty', 'val', 'pos', 'diff_percent', 'rchrg', 'inv_typ', 'itms[]'],
      itemOfRegistered,
    ],
  },
  {
    key: 'CDNUR',
    title: 'Notes to unregistered customers',
    table: '9B',
    columns: [unregisteredType, ...number, ...ofUnregistered],
    rules: unregisteredRules,
    reckoned: [interStateTax, itemNumber],
    together: ['nt_num'],
    unit: ['nt_num'],
    repeated: once,
    agree: { rows: 'unit_key', on: ['typ', 'nt_dt', 'ntty', 'val', 'pos', 'diff_percent'] },
    groups: [['nt_num']],
    keys: [['nt_num', 'nt_dt', 'ntty', 'val', 'typ', 'pos', 'diff_percent', 'itms[]'], itemOfUnregistered],
  },
  {
    key: 'CDNURA',
    title: 'Amended notes to unregistered customers',
    table: '9C',
    columns: [unregisteredType, ...amendment, ...ofUnregistered],
    rules: unregisteredRules,
    reckoned: [interStateTax, itemNumber],
    together: ['nt_num'],
    unit: ['nt_num'],
    repeated: once,
    agree: { rows: 'unit_key', on: ['typ', 'ont_num', 'ont_dt', 'nt_dt', 'ntty', 'val', 'pos', 'diff_percent'] },
    groups: [['nt_num']],
    keys: [['ont_num', 'ont_dt', 'nt_num', 'nt_dt', 'ntty', 'val', 'typ', 'pos', 'diff_percent', 'itms[]'], itemOfUnregistered],
  },
]
