import { advanceTax, originalPeriod, placeTax, supplyType } from './reckoning.ts'
import type { Section, SectionColumn } from './section.ts'
import { label } from './section-cells.ts'
import {
  amendedMonth,
  amendedYear,
  appliedShare,
  bareCess,
  needed,
  operatorLeftEmpty,
  originalPlace,
  placeOfSupply,
  signed11,
  signedCess,
  signedTaxableValue,
  taxRate,
  unsigned11,
} from './section-columns.ts'
import { moreThanNothing, noOperator, sameSign } from './section-rules.ts'

const supplyKind = needed('typ', 'Type', label({ OE: 'OE' }), 'OE: not through an operator')
const received = needed('ad_amt', 'Gross Advance Received', signed11, 'Rupees, without tax')
const adjusted = needed('ad_amt', 'Gross Advance Adjusted', unsigned11, 'Rupees, without tax')
const amended: readonly SectionColumn[] = [amendedYear, amendedMonth]

const taxes = ['camt', 'samt', 'iamt', 'csamt']
const itemOfAdvance = ['rt', 'ad_amt', 'iamt', 'camt', 'samt', 'csamt']
const advance = {
  together: ['pos', 'rt'],
  unit: ['pos', 'rt'],
  repeated: { by: [], counts: 'last' },
  groups: [['pos']],
} as const
const receivedRules = [moreThanNothing('ad_amt'), sameSign('csamt', 'ad_amt')]
const ofPlace = { rows: 'outer_key', on: ['diff_percent'] } as const
const ofPlaceAndMonth = { rows: 'outer_key', on: ['fy', 'omonth', 'diff_percent'] } as const

/** Supplies to unregistered customers, and advances, that are added up by place and rate. */
export const smallSupplySections: readonly Section[] = [
  {
    key: 'B2CS',
    title: 'Other supplies to unregistered customers',
    table: '7',
    columns: [supplyKind, placeOfSupply, taxRate, appliedShare, signedTaxableValue, signedCess, operatorLeftEmpty],
    rules: [noOperator],
    reckoned: [supplyType, placeTax],
    together: ['pos', 'rt', 'diff_percent'],
    unit: ['pos', 'rt', 'diff_percent'],
    repeated: { by: [], counts: 'last' },
    groups: [],
    keys: [['sply_ty', 'rt', 'typ', 'pos', 'diff_percent', 'txval', ...taxes]],
  },
  {
    key: 'B2CSA',
    title: 'Amended other supplies to unregistered customers',
    table: '10',
    columns: [...amended, placeOfSupply, supplyKind, taxRate, appliedShare, signedTaxableValue, signedCess, operatorLeftEmpty],
    rules: [noOperator],
    reckoned: [originalPeriod, supplyType, placeTax],
    together: ['fy', 'omonth', 'pos', 'diff_percent', 'rt'],
    unit: ['fy', 'omonth', 'pos', 'diff_percent', 'rt'],
    repeated: { by: [], counts: 'last' },
    groups: [['fy', 'omonth', 'pos', 'typ', 'diff_percent']],
    keys: [
      ['omon', 'sply_ty', 'typ', 'pos', 'diff_percent', 'itms[]'],
      ['rt', 'txval', ...taxes],
    ],
  },
  {
    key: 'AT',
    title: 'Advances received',
    table: '11A(1), 11A(2)',
    columns: [placeOfSupply, appliedShare, taxRate, received, signedCess],
    rules: receivedRules,
    reckoned: [supplyType, advanceTax],
    ...advance,
    agree: ofPlace,
    keys: [['pos', 'sply_ty', 'diff_percent', 'itms[]'], itemOfAdvance],
  },
  {
    key: 'ATA',
    title: 'Amended advances received',
    table: '11(II) A',
    columns: [...amended, originalPlace, appliedShare, taxRate, received, signedCess],
    rules: receivedRules,
    reckoned: [originalPeriod, supplyType, advanceTax],
    ...advance,
    agree: ofPlaceAndMonth,
    keys: [['omon', 'pos', 'sply_ty', 'diff_percent', 'itms[]'], itemOfAdvance],
  },
  {
    key: 'ATADJ',
    title: 'Advances adjusted',
    table: '11B(1), 11B(2)',
    columns: [placeOfSupply, taxRate, appliedShare, adjusted, bareCess],
    rules: [],
    reckoned: [supplyType, advanceTax],
    ...advance,
    agree: ofPlace,
    keys: [['pos', 'sply_ty', 'diff_percent', 'itms[]'], itemOfAdvance],
  },
  {
    key: 'ATADJA',
    title: 'Amended advances adjusted',
    table: '11(II) B',
    columns: [...amended, originalPlace, taxRate, appliedShare, adjusted, bareCess],
    rules: [],
    reckoned: [originalPeriod, supplyType, advanceTax],
    ...advance,
    agree: ofPlaceAndMonth,
    keys: [['omon', 'pos', 'sply_ty', 'diff_percent', 'itms[]'], itemOfAdvance],
  },
]
