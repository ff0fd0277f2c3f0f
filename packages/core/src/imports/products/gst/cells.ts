import { type CellKind as AnyKind, type ReadCell, repeated, text, wrong } from '../../cells.ts'
import { isPlainNumber, readNumber } from './amounts.ts'
import { readDay, readMonth } from './dates.ts'
import { checkCharacter, gstinKind } from './gstin.ts'
import { halfList, isHalfRate, isRate, rateList } from './rates.ts'
import { stateCode } from './states.ts'
import { unitCode } from './units.ts'

/** What kind of thing stands in a column of a GST template. */
export type CellKind = AnyKind<{ checkDigits: boolean }>

/** Amounts in rupees. */
export const amount: CellKind = { type: 'numeric', reader: () => number({ noun: 'amount', decimals: 2 }) }

export const quantity: CellKind = { type: 'numeric', reader: () => number({ noun: 'number', decimals: 6 }) }

export const date: CellKind = {
  type: 'date',
  reader: (noun) =>
    repeated((cell, say) => {
      const { day, fault } = readDay(cell)
      if (day !== undefined) return day
      return fault === 'impossible'
        ? wrong(say, `${noun}.impossible`, 'is a day that no calendar has; write day, month and year in this order, such as 28-02-2026.')
        : wrong(say, `${noun}.unreadable`, 'is not a date; write it as DD-MM-YYYY, such as 28-02-2026.')
    }),
}

export const month: CellKind = {
  type: 'date',
  reader: (noun) =>
    repeated(
      (cell, say) =>
        readMonth(cell) ?? wrong(say, `${noun}.unreadable`, 'is not a month; write it as MM-YYYY, such as 02-2026, or leave it empty.'),
    ),
}

export const flag: CellKind = {
  type: 'boolean',
  reader: (noun) =>
    repeated((cell, say) => flags.get(cell.toUpperCase()) ?? wrong(say, `${noun}.unreadable`, 'is neither yes nor no; write Y or N.')),
}
const flags = new Map([
  ...['Y', 'YES', 'TRUE', 'T', '1'].map((word): [string, string] => [word, 't']),
  ...['N', 'NO', 'FALSE', 'F', '0'].map((word): [string, string] => [word, 'f']),
])

export const gstin: CellKind = {
  type: 'text',
  reader: (noun, { checkDigits }) =>
    repeated((cell, say) => {
      const kind = gstinKind(cell)
      if (kind === undefined) {
        const advice = gstinKind(cell.toUpperCase()) ? 'write it in capitals' : 'copy the 15 characters from the registration certificate'
        return wrong(say, `${noun}.malformed`, `is not built like a GSTIN; ${advice}.`)
      }
      if (checkDigits && cell.charAt(14) !== checkCharacter(cell)) {
        return wrong(
          say,
          `${noun}.check_digit`,
          'does not fit its check character, so one of its characters is mistyped; compare it with the certificate.',
        )
      }
      return cell
    }),
}

/** The other party's GSTIN: one without registration may be told so. */
export const counterpartyGstin: CellKind = {
  type: 'text',
  reader: (noun, options) => {
    const read = gstin.reader(noun, options)
    return (cell, say) => (unregistered.test(cell) ? '' : read(cell, say))
  },
}
const unregistered = /^\s*(NRP|URP|UNREGISTERED|NA)\s*$/i

export const place: CellKind = {
  type: 'text',
  reader: (noun) =>
    repeated(
      (cell, say) =>
        stateCode(cell) ??
        wrong(say, `${noun}.unknown`, 'is no state; write its code, such as 29, or code and name, such as 29-Karnataka.'),
    ),
}

/** As the rules of the tax have it (CGST Rules, 46). */
export const documentNumber: CellKind = {
  type: 'text',
  reader: (noun) => (cell, say) => {
    if (numberShape.test(cell)) return cell
    const trimmed = cell.trim()
    const fault = trimmed === '' ? undefined : numberFault(trimmed)
    return fault === undefined ? trimmed : wrong(say, `${noun}.${fault}`, numberFaults[fault])
  },
}
const numberShape = /^(?!0+$)[A-Za-z0-9/-]{1,16}$/

/** What is wrong with a document number by those rules. */
export function numberFault(number: string): keyof typeof numberFaults | undefined {
  if (numberShape.test(number)) return undefined
  return /^0+$/.test(number) ? 'zero' : 'malformed'
}

/** What to do about each. */
export const numberFaults = {
  zero: 'is zero; write the number the document bears.',
  malformed: 'is no document number; write at most 16 letters, digits, hyphens and slashes.',
} as const

/** As a supplier at home or abroad wrote it: what is right at home, rules tell. */
export const supplierDocumentNumber: CellKind = shaped(
  /^[^\x00-\x1f\x7f\\]{1,50}$/,
  'is no document number; write at most 50 characters on one line, without backslash.',
)

export const hsn: CellKind = {
  type: 'text',
  reader: (noun) =>
    repeated((cell, say) =>
      /^(?!0+$)\d{4,8}$/.test(cell)
        ? cell
        : wrong(say, `${noun}.malformed`, 'is no HSN or SAC code; write its 4 to 8 digits, mostly 4, 6 or 8, and no other characters.'),
    ),
}

/** Of a shipping bill or bill of entry. */
export const customsBillNumber: CellKind = shaped(/^\d{3,7}$/, 'is no number of a customs bill; write its 3 to 7 digits.')

export const portCode: CellKind = shaped(/^[A-Za-z0-9]{1,6}$/, 'is no port code; write at most 6 letters and digits, such as INBOM4.')

function shaped(shape: RegExp, advice: string): CellKind {
  const reader = (noun: string) => repeated((cell, say) => (shape.test(cell) ? cell : wrong(say, `${noun}.malformed`, advice)))
  return { type: 'text', reader }
}

/** A unit quantity code. An unknown one is kept as written: returns report it as OTH. */
export const unit: CellKind = {
  type: 'text',
  reader: (noun) => {
    const plain = text(30).reader(noun, { checkDigits: false })
    return repeated((cell, say) => {
      const code = unitCode(cell)
      if (code === undefined)
        say(
          'warning',
          `${noun}.unknown`,
          'is not on the list of units; it is reported as OTH. Write a code of the list, such as NOS or KGS.',
        )
      return code ?? plain(cell, say)
    })
  },
}

/** The whole tax rate in percent. */
export const rate: CellKind = percent({ isListed: isRate, list: rateList })
/** The rate of one head, where centre and state share the tax. */
export const halfRate: CellKind = percent({ isListed: isHalfRate, list: halfList })
/** A rate that has no list. */
export const freeRate: CellKind = percent({ isListed: () => true, list: '' })

function percent({ isListed, list }: { isListed(value: number): boolean; list: string }): CellKind {
  const reader = (noun: string) =>
    repeated((cell, say) => {
      const read = readNumber(cell.replace(/%$/, ''), 3)
      const value = Number(read?.text)
      if (read === undefined || read.rounded || value < 0 || value >= 1000) {
        return wrong(say, `${noun}.unreadable`, 'is not a rate; write it in percent, such as 18.')
      }
      if (!isListed(value)) return wrong(say, `${noun}.unknown`, `is not a rate of the tax; write one of ${list}.`)
      return read.text
    })
  return { type: 'numeric', reader }
}

function number({ noun, decimals }: { noun: string; decimals: number }): ReadCell {
  return (cell, say) => {
    if (isPlainNumber(cell)) return cell
    if (cell.trim() === '') return ''
    const read = readNumber(cell, decimals)
    if (read === undefined) return wrong(say, `${noun}.unreadable`, 'is not a number; write digits and a decimal point, such as 1180.50.')
    if (read.text.startsWith('-'))
      return wrong(
        say,
        `${noun}.negative`,
        'is negative; write it without sign. A credit note says by its document type that it takes back.',
      )
    if (read.rounded) say('notice', `${noun}.rounded`, `has more than ${decimals} decimals; ${read.text} was taken.`)
    return read.text
  }
}
