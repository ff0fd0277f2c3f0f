import { text } from '../../../cells.ts'
import { documentNumber, gstin, place, rate } from '../cells.ts'
import type { SectionCell, SectionColumn } from './section.ts'
import { amount, anyDate, documentDate, label, monthName, partyName, plainText, share, yearOfReturns } from './section-cells.ts'

/** Columns that several sections have. */

type More = Pick<SectionColumn, 'aliases' | 'required' | 'otherwise' | 'ignored'>

/** A column whose cells may be empty, or be missing altogether. */
export function optional(field: string, header: string, kind: SectionCell, help: string, more: More = {}): SectionColumn {
  return { field, header, kind, help, ...more }
}

export function needed(field: string, header: string, kind: SectionCell, help: string, more: More = {}): SectionColumn {
  return { field, header, kind, help, required: true, needed: true, ...more }
}

export const unsigned11 = amount({ digits: 11, sign: 'none' })
export const unsigned13 = amount({ digits: 13, sign: 'none' })
export const signed11 = amount({ digits: 11, sign: 'any' })
export const signed13 = amount({ digits: 13, sign: 'any' })

const state = 'State code and name, such as 29-Karnataka'
const number = 'At most 16 letters, digits, - and /'
const day = 'DD-MMM-YYYY, such as 14-Jul-2025'

export const yesOrNo = label({ Y: 'Y', N: 'N' })
export const invoiceTypes = label(
  {
    'Regular B2B': 'R',
    'SEZ supplies with payment': 'SEWP',
    'SEZ supplies without payment': 'SEWOP',
    'Deemed Exp': 'DE',
    'Intra-State supplies attracting IGST': 'CBW',
  },
  { Regular: 'R', 'Deemed Exports': 'DE' },
)

export const recipient = needed('ctin', 'GSTIN/UIN of Recipient', gstin, 'GSTIN or UIN of the customer')
export const recipientName = optional('cname', 'Receiver Name', partyName, 'Name of the customer; does not go into the return')
export const placeOfSupply = needed('pos', 'Place Of Supply', place, state, { aliases: ['POS'] })
export const originalPlace = needed('pos', 'Original Place Of Supply', place, state)
export const reverseCharge = optional('rchrg', 'Reverse Charge', yesOrNo, 'Y if the recipient pays the tax', { otherwise: 'N' })
export const appliedShare = optional('diff_percent', 'Applicable % of Tax Rate', share, 'Percent of the rate that applies: 65, or empty', {
  otherwise: 1,
})
export const invoiceType = needed('inv_typ', 'Invoice Type', invoiceTypes, 'Regular B2B, or the kind of supply to a special zone')
export const operatorLeftEmpty = optional('etin', 'E-Commerce GSTIN', text(50), 'Empty: such supplies have sections of their own')
export const taxRate = needed('rt', 'Rate', rate, 'Whole tax rate in percent; a row for each')
export const taxableValue = needed('txval', 'Taxable Value', unsigned11, 'Rupees the tax is reckoned from')
export const signedTaxableValue = needed('txval', 'Taxable Value', signed11, 'Rupees the tax is reckoned from; below 0 for a reduction')
export const cess = optional('csamt', 'Cess Amount', unsigned11, 'Rupees; empty for none', { otherwise: 0 })
export const signedCess = optional('csamt', 'Cess Amount', signed11, 'Rupees; empty for none', { otherwise: 0 })
/** An empty cell is not the same as 0 here: the return leaves it out. */
export const bareCess = optional('csamt', 'Cess Amount', unsigned11, 'Rupees; empty for none')

export const amendedYear = needed('fy', 'Financial Year', yearOfReturns, 'Year that is amended, such as 2024-25')
export const amendedMonth = needed('omonth', 'Original Month', monthName, 'Month that is amended, by its name')

export function invoiceNumber(header = 'Invoice Number'): SectionColumn {
  return needed('inum', header, documentNumber, number)
}

export function originalNumber(field: string, header: string): SectionColumn {
  return needed(field, header, documentNumber, 'As it was reported before')
}

export function dateOf(field: string, header: string): SectionColumn {
  return needed(field, header, documentDate, day)
}

export function noteNumber(header = 'Note Number'): SectionColumn {
  return needed('nt_num', header, documentNumber, number)
}

export const invoiceValue = needed('val', 'Invoice Value', unsigned13, 'Rupees of the whole invoice, with tax')

/** Of the bill that an export was shipped with. */
export const shippingBill: readonly SectionColumn[] = [
  optional(
    'sbpcode',
    'Port Code',
    plainText({ longest: 6, characters: /^[a-zA-Z0-9]*$/, advice: 'leave letters and digits' }),
    'Port, such as INMAA1',
  ),
  optional(
    'sbnum',
    'Shipping Bill Number',
    plainText({ longest: 7, characters: /^(\d{3,7})?$/, advice: 'it has 3 to 7 digits' }),
    '3 to 7 digits; with its date or not at all',
  ),
  optional('sbdt', 'Shipping Bill Date', anyDate, day),
]
