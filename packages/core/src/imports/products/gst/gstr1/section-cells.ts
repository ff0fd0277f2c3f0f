import { type Say, text } from '../../../cells.ts'
import { readNumber } from '../amounts.ts'
import { financialYear, indianDay, lastOfMonth, readDay } from '../dates.ts'
import { unitCode } from '../units.ts'
import type { SectionCell } from './section.ts'

/** The day on which the tax began. */
export const beginning = '2017-07-01'

/** Amounts in rupees, of at most so many digits before the point. */
export function amount({ digits, sign }: { digits: 11 | 13; sign: 'none' | 'any' }): SectionCell {
  const reader = () => (cell: string, say: Say) => {
    const read = readNumber(cell, 2)
    if (read === undefined) return say('error', 'amount.unreadable', 'is not a number; write digits and a decimal point, such as 1180.50.')
    if (sign === 'none' && read.text.startsWith('-')) {
      return say('error', 'amount.negative', 'is negative, which this section does not take; write it without sign.')
    }
    if (Math.abs(Number(read.text)) >= 10 ** digits) {
      return say('error', 'amount.too_large', `has more than ${digits} digits before the point; correct it.`)
    }
    if (read.rounded) say('notice', 'amount.rounded', `has more than 2 decimals; ${read.text} was taken.`)
    return read.text
  }
  return { type: 'numeric', reader }
}

/** How many there are: digits alone. */
export const count: SectionCell = {
  type: 'numeric',
  reader: (noun) => (cell, say) =>
    /^\d{1,9}$/.test(cell.trim()) ? cell.trim() : say('error', `${noun}.unreadable`, 'is not a count; write it in digits, such as 12.'),
}

/** A document's day, within the time of the tax and the return period. */
export const documentDate: SectionCell = {
  type: 'date',
  reader: (noun, filer) => {
    const read = anyDate.reader(noun, filer)
    const last = lastOfMonth(filer.period)
    return (cell, say) => {
      const day = read(cell, say)
      if (day === undefined || day <= last) return day
      return say(
        'error',
        `${noun}.after_period`,
        `is after ${indianDay(last)}, when the return period ends; correct it or report it later.`,
      )
    }
  },
}

/** A day within the time of the tax, such as that of a shipping bill, which may come after the period. */
export const anyDate: SectionCell = {
  type: 'date',
  reader:
    (noun, { days }) =>
    (cell, say) => {
      const day = readOfficialDay(cell.trim()) ?? (days === 'as_cells' ? readDay(cell.trim()).day : undefined)
      if (day === undefined)
        return say('error', `${noun}.unreadable`, 'is not a date as the tax network writes it; write it as 14-Jul-2025.')
      return day < beginning
        ? say('error', `${noun}.before_gst`, `is before ${indianDay(beginning)}, when the tax began; correct it.`)
        : day
    },
}

/** Day, month by its name and year; or how a spreadsheet counts days: from the end of 1899. */
function readOfficialDay(cell: string): string | undefined {
  if (/^\d{1,2}-[a-z]{3}-(\d{2}|\d{4})$/i.test(cell)) return readDay(cell).day
  if (!/^\d{5}$/.test(cell)) return undefined
  return new Date(Date.UTC(1899, 11, 30 + Number(cell))).toISOString().slice(0, 10)
}

/** Text of which the tax network takes these characters only. */
export function plainText({ longest, characters, advice }: { longest: number; characters: RegExp; advice: string }): SectionCell {
  const reader = (noun: string) => {
    const read = text(longest).reader(noun, { checkDigits: true })
    return (cell: string, say: Say) => {
      const trimmed = read(cell, say)
      if (trimmed === undefined || characters.test(trimmed)) return trimmed
      return say('error', `${noun}.malformed`, `is not written as the tax network takes it; ${advice}.`)
    }
  }
  return { type: 'text', reader }
}

/** The name of a party. */
export const partyName = plainText({
  longest: 99,
  characters: /^[\w&'\-./,()?@!#%$~*;+= ]*$/,
  advice: 'leave letters of English, digits, spaces and usual punctuation',
})

/** One of a closed list of labels, whatever its case; the return has its code. */
export function label(codes: Readonly<Record<string, string>>, otherLabels: Readonly<Record<string, string>> = {}): SectionCell {
  const known = new Map(Object.entries({ ...codes, ...otherLabels }).map(([words, code]) => [words.toUpperCase(), code]))
  const list = Object.keys(codes).join(', ')
  const reader = (noun: string) => (cell: string, say: Say) =>
    known.get(cell.trim().replace(/\s+/g, ' ').toUpperCase()) ??
    say('error', `${noun}.unknown`, `is none of those that the section takes; write one of ${list}.`)
  return { type: 'text', reader }
}

/** The share of the rate that applies: 100 or 65 percent. */
export const share: SectionCell = {
  type: 'numeric',
  reader: (noun) => (cell, say) => {
    const percent = readNumber(cell.replace(/%\s*$/, ''), 2)?.text
    if (percent === '100.00') return '1'
    if (percent === '65.00') return '0.65'
    return say('error', `${noun}.unknown`, 'is not a share of the tax rate; write 65, or leave it empty for all of it.')
  },
}

/** A financial year, April to March, that is not after the one of the return. */
export const yearOfReturns: SectionCell = {
  type: 'text',
  reader:
    (noun, { period }) =>
    (cell, say) => {
      const [, begin = '', end = ''] = /^(20\d{2})-(\d{2})$/.exec(cell.trim()) ?? []
      if (begin === '' || (Number(begin) + 1) % 100 !== Number(end)) {
        return say('error', `${noun}.unreadable`, 'is not a financial year; write it as 2024-25.')
      }
      if (Number(begin) <= financialYear(period)) return cell.trim()
      return say('error', `${noun}.after_period`, 'is after the year of this return; an amendment is of an earlier period.')
    },
}

export const monthName: SectionCell = label(
  Object.fromEntries(
    ['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'].map(
      (name, index) => [name, String(index + 1).padStart(2, '0')],
    ),
  ),
)

/** A unit quantity code, with its description or without. */
export const quantityCode: SectionCell = {
  type: 'text',
  reader: (noun) => (cell, say) =>
    unitCode(cell) ??
    say('error', `${noun}.unknown`, 'is not on the list of units; write one of it, such as NOS-NUMBERS or KGS-KILOGRAMS.'),
}
