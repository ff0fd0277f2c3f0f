const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const yearFirst = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$/
const dayFirst = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: 00:00(?::00)?)?$/
const monthNamed = /^(\d{1,2})[-/. ]([a-z]{3})[a-z]*[-/. ](\d{4}|\d{2})$/i

/** A day as YYYY-MM-DD, or why there is none: `impossible` is a date that no calendar has. */
export type ReadDay = { day: string; fault?: never } | { day?: never; fault: 'unreadable' | 'impossible' }

/** Reads 31-12-2025, 31/12/2025, 2025-12-31, 31-Dec-2025 or 31-Dec-25, days and months also with one digit. */
export function readDay(text: string): ReadDay {
  const [year, month, day] = dayParts(text)
  if (year === undefined || month === undefined || day === undefined) return { fault: 'unreadable' }
  const possible = isYear(year) && day >= 1 && month >= 1 && month <= 12 && day <= daysIn(year, month)
  return possible ? { day: `${year}-${two(month)}-${two(day)}` } : { fault: 'impossible' }
}

/** The first day of a month given as MM-YYYY, MMYYYY, YYYY-MM or Oct-2025; undefined for anything else. */
export function readMonth(text: string): string | undefined {
  const [, named, shortYear] = /^([a-z]{3})[a-z]*[-/ ](\d{4}|\d{2})$/i.exec(text) ?? []
  if (named !== undefined && shortYear !== undefined) return monthStart(fullYear(shortYear), months.indexOf(named.toLowerCase()) + 1)
  const [, yearBefore, monthAfter] = /^(\d{4})[-/](\d{2})$/.exec(text) ?? []
  if (yearBefore !== undefined) return monthStart(Number(yearBefore), Number(monthAfter))
  const [, monthBefore, yearAfter] = /^(\d{1,2})[-/]?(\d{4})$/.exec(text) ?? []
  return monthStart(Number(yearAfter), Number(monthBefore))
}

export function firstOfMonth(day: string): string {
  return `${day.slice(0, 7)}-01`
}

export function lastOfMonth(day: string): string {
  const year = Number(day.slice(0, 4))
  const month = Number(day.slice(5, 7))
  return `${day.slice(0, 7)}-${daysIn(year, month)}`
}

/** The first day of the month that is so many months before another. */
export function monthsBefore(firstDay: string, months: number): string {
  const month = Number(firstDay.slice(0, 4)) * 12 + Number(firstDay.slice(5, 7)) - 1 - months
  return `${Math.floor(month / 12)}-${two((month % 12) + 1)}-01`
}

/** The year in which the financial year of a day began: April to March. */
export function financialYear(day: string): number {
  const year = Number(day.slice(0, 4))
  return Number(day.slice(5, 7)) < 4 ? year - 1 : year
}

/** As Indian documents write it: DD-MM-YYYY. */
export function indianDay(day: string): string {
  return `${day.slice(8)}-${day.slice(5, 7)}-${day.slice(0, 4)}`
}

/** A month as Indian returns write it: MM-YYYY. */
export function indianMonth(day: string): string {
  return `${day.slice(5, 7)}-${day.slice(0, 4)}`
}

function dayParts(text: string): readonly (number | undefined)[] {
  const iso = yearFirst.exec(text)
  if (iso !== null) return [Number(iso[1]), Number(iso[2]), Number(iso[3])]
  const indian = dayFirst.exec(text)
  if (indian !== null) return [Number(indian[3]), Number(indian[2]), Number(indian[1])]
  const named = monthNamed.exec(text)
  const month = months.indexOf(named?.[2]?.toLowerCase() ?? '')
  return named === null || month < 0 ? [] : [fullYear(named[3] ?? ''), month + 1, Number(named[1])]
}

function monthStart(year: number, month: number): string | undefined {
  return month >= 1 && month <= 12 && isYear(year) ? `${year}-${two(month)}-01` : undefined
}

/** Whether a year can stand on a document; what is beyond is a slip of the keyboard, and may be none to PostgreSQL. */
function isYear(year: number): boolean {
  return year >= 1900 && year < 2200
}

function fullYear(text: string): number {
  return text.length === 2 ? 2000 + Number(text) : Number(text)
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
