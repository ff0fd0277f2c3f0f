import { rate } from '../cells.ts'
import type { Cells, Reckoning, Section, SectionCell, SectionColumn } from './section.ts'
import { count, label, plainText, quantityCode } from './section-cells.ts'
import { needed, optional, signed11, signed13 } from './section-columns.ts'

const supplies = label({
  'Inter-State supplies to registered persons': 'INTRB2B',
  'Intra-State supplies to registered persons': 'INTRAB2B',
  'Inter-State supplies to unregistered persons': 'INTRB2C',
  'Intra-State supplies to unregistered persons': 'INTRAB2C',
})

/** In the order in which the return numbers them. */
export const documentNatures: readonly string[] = [
  'Invoices for outward supply',
  'Invoices for inward supply from unregistered person',
  'Revised Invoice',
  'Debit Note',
  'Credit Note',
  'Receipt Voucher',
  'Payment Voucher',
  'Refund Voucher',
  'Delivery Challan for job work',
  'Delivery Challan for supply on approval',
  'Delivery Challan in case of liquid gas',
  'Delivery Challan in case other than by way of supply (excluding at S no. 9 to 11)',
]
const nature = label(Object.fromEntries(documentNatures.map((name) => [name, name])))
const serial = plainText({
  longest: 16,
  characters: /^(?=.*[1-9a-zA-Z])[a-zA-Z0-9/-]+$/,
  advice: 'it has at most 16 letters, digits, - and /, and not zeros alone',
})

const isService = ({ hsn_sc }: Cells) => String(hsn_sc ?? '').startsWith('99')
/** What a service is counted in: nothing. */
const serviceUnit: Reckoning = (cells): Cells => (isService(cells) ? { uqc: 'NA', qty: 0 } : {})
const code: SectionCell = {
  type: 'text',
  reader: (noun, { period }) => {
    const shape = period < '2021-05-01' ? /^\d{2,8}$/ : /^\d{4,8}$/
    return (cell, say) =>
      shape.test(cell.trim()) ? cell.trim() : say('error', `${noun}.malformed`, 'is no HSN or SAC code; it has 4 to 8 digits.')
  },
}
const described = plainText({
  longest: 30,
  characters: /^[ \w@./&-]*$/,
  advice: 'leave letters of English, digits, spaces and @ . / & -',
})

/** Since May 2021 the summary is by rate; before, it had the value with tax, and the filer's own description. */
const byRate = '2021-05-01'
const ownDescription: Reckoning = ({ user_desc }, { period }): Cells =>
  period < byRate && user_desc !== undefined ? { desc: user_desc } : {}

function hsnColumns({ amounts }: { amounts: SectionCell }): readonly SectionColumn[] {
  const none = { otherwise: 0 }
  return [
    needed('hsn_sc', 'HSN', code, 'HSN code of goods or SAC of services, 4 to 8 digits'),
    optional('user_desc', 'Description', described, 'At most 30 characters'),
    needed('uqc', 'UQC', quantityCode, 'Unit, such as NOS-NUMBERS; of no matter for services', { ignored: isService }),
    needed('qty', 'Total Quantity', signed13, 'How many units; of no matter for services', { ignored: isService }),
    needed('val', 'Total Value', signed13, 'Rupees with tax; of no matter since May 2021', {
      required: false,
      ignored: (_, { period }) => period >= byRate,
    }),
    needed('rt', 'Rate', rate, 'Whole tax rate in percent; of no matter before May 2021', {
      required: false,
      ignored: (_, { period }) => period < byRate,
    }),
    needed('txval', 'Taxable Value', amounts, 'Rupees the tax is reckoned from'),
    optional('iamt', 'Integrated Tax Amount', amounts, 'Rupees', none),
    optional('camt', 'Central Tax Amount', amounts, 'Rupees', none),
    optional('samt', 'State/UT Tax Amount', amounts, 'Rupees', none),
    optional('csamt', 'Cess Amount', amounts, 'Rupees', none),
  ]
}

const taxes = ['txval', 'iamt', 'samt', 'camt', 'csamt']
function dividedHsn({ key, title }: { key: string; title: string }): Section {
  return {
    key,
    title,
    table: '12',
    from: '2025-05-01',
    columns: hsnColumns({ amounts: signed13 }),
    rules: [],
    reckoned: [serviceUnit],
    together: ['hsn_sc', 'uqc'],
    unit: ['hsn_sc', 'uqc'],
    repeated: { by: [], counts: 'last' },
    groups: [],
    keys: [['#num', 'hsn_sc', 'user_desc', 'desc', 'uqc', 'qty', 'rt', ...taxes]],
  }
}

/** Summaries that state what was added up elsewhere. */
export const summarySections: readonly Section[] = [
  {
    key: 'EXEMP',
    title: 'Nil rated, exempted and non-GST supplies',
    table: '8',
    columns: [
      needed('sply_ty', 'Description', supplies, 'Inter- or Intra-State supplies to registered or unregistered persons'),
      optional('nil_amt', 'Nil Rated Supplies', signed11, 'Rupees', { otherwise: 0 }),
      optional('expt_amt', 'Exempted(other than nil rated/non GST supply)', signed11, 'Rupees', {
        otherwise: 0,
        aliases: ['Exempted (other than nil rated/non GST supply)'],
      }),
      optional('ngsup_amt', 'Non-GST Supplies', signed11, 'Rupees', { otherwise: 0 }),
    ],
    rules: [],
    reckoned: [],
    together: ['sply_ty'],
    unit: ['sply_ty'],
    groups: [],
    keys: [['sply_ty', 'expt_amt', 'nil_amt', 'ngsup_amt']],
  },
  {
    key: 'HSN',
    title: 'Summary by HSN, before May 2025',
    table: '12',
    until: '2025-05-01',
    columns: hsnColumns({ amounts: signed11 }),
    rules: [],
    reckoned: [serviceUnit, ownDescription],
    together: ['hsn_sc', 'uqc', 'rt'],
    unit: ['hsn_sc', 'uqc', 'rt'],
    repeated: { by: [], counts: 'last' },
    groups: [],
    keys: [['#num', 'hsn_sc', 'desc', 'uqc', 'qty', 'val', 'rt', ...taxes]],
  },
  dividedHsn({ key: 'HSN_B2B', title: 'Summary by HSN of supplies to registered customers' }),
  dividedHsn({ key: 'HSN_B2C', title: 'Summary by HSN of supplies to unregistered customers' }),
  {
    key: 'DOCS',
    title: 'Documents issued',
    table: '13',
    columns: [
      needed('doc_typ', 'Nature of Document', nature, 'Such as Invoices for outward supply'),
      needed('from', 'Sr. No. From', serial, 'First number of a series'),
      needed('to', 'Sr. No. To', serial, 'Last number of it'),
      needed('totnum', 'Total Number', count, 'How many there are'),
      needed('cancel', 'Cancelled', count, 'How many of them were cancelled'),
    ],
    rules: [
      {
        code: 'cancelled.more_than_total',
        severity: 'error',
        field: 'cancel',
        broken: ({ cancel, totnum }) => Number(cancel) > Number(totnum),
        message: ({ totnum }) => `is more than the Total Number ${totnum}; correct one of them.`,
      },
    ],
    reckoned: [
      ({ doc_typ }) => ({ doc_num: documentNatures.indexOf(String(doc_typ)) + 1 }),
      ({ totnum, cancel }) => ({ net_issue: Number(totnum) - Number(cancel) }),
    ],
    together: ['doc_typ', 'from', 'to'],
    unit: ['doc_typ', 'from', 'to'],
    groups: [['doc_typ']],
    keys: [
      ['doc_num', 'doc_typ', 'docs[]'],
      ['#num', 'from', 'to', 'totnum', 'cancel', 'net_issue'],
    ],
  },
]
