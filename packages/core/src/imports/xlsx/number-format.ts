/** How a number of a cell is shown, as far as it changes what an accountant reads. */
export type NumberFormat =
  | { shows: 'number' }
  | { shows: 'percent' }
  | { shows: 'day' }
  | { shows: 'month' }
  | { shows: 'time' }
  /** Whole numbers filled up with zeros, such as 0402 for 402. */
  | { shows: 'digits'; width: number }

const plain: NumberFormat = { shows: 'number' }

/** Formats that workbooks name by number and do not write out (ECMA-376, part 1, 18.8.30). */
const builtIn = new Map<number, NumberFormat>([
  ...[9, 10].map((id): [number, NumberFormat] => [id, { shows: 'percent' }]),
  ...[14, 15, 16, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id): [number, NumberFormat] => [id, { shows: 'day' }]),
  [17, { shows: 'month' }],
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56].map((id): [number, NumberFormat] => [id, { shows: 'time' }]),
])

/** The format of a number, by its code if the workbook writes one out. */
export function numberFormat(id: number, code: string | undefined): NumberFormat {
  return code === undefined ? (builtIn.get(id) ?? plain) : fromCode(code)
}

function fromCode(code: string): NumberFormat {
  // Only what stands for digits and parts of a date: no words, fillers, colours, currencies and locales.
  const signs = code
    .replace(/"[^"]*"|\\.|[_*]./g, '')
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .split(';', 1)[0]
    ?.toLowerCase()
  if (signs === undefined || /general/.test(signs)) return plain
  if (/[dy]/.test(signs)) return { shows: /d/.test(signs) ? 'day' : 'month' }
  if (/[hs]|\[m/.test(signs)) return { shows: 'time' }
  if (/m/.test(signs)) return { shows: 'month' }
  if (signs.includes('%')) return { shows: 'percent' }
  return /^0{2,}$/.test(signs.trim()) ? { shows: 'digits', width: signs.trim().length } : plain
}

/** Days of a date system: 1900 counts from 1899-12-30 with a leap day too many at its start, 1904 from its first day. */
export type DateSystem = 1900 | 1904
const firstDays = { 1900: Date.UTC(1899, 11, 30), 1904: Date.UTC(1904, 0, 1) }
const msPerDay = 86_400_000
const lastSerial = 2_958_465

/**
 * The number in a cell as text: days as DD-MM-YYYY, months as MM-YYYY, a share of 0.18 as 18% where the cell shows it so,
 * and else its digits, to the fifteen that a spreadsheet keeps. Decimals that the cell does not show are not lost.
 */
export function shownNumber(raw: string, { format, dates }: { format: NumberFormat; dates: DateSystem }): string {
  const value = Number(raw)
  if (raw === '' || !Number.isFinite(value)) return raw
  switch (format.shows) {
    case 'day':
    case 'month':
    case 'time':
      return shownDate(value, { shows: format.shows, dates }) ?? digits(value)
    case 'percent':
      return `${digits(value * 100)}%`
    case 'digits':
      return Number.isInteger(value) && value >= 0 ? digits(value).padStart(format.width, '0') : digits(value)
    case 'number':
      return /^-?[1-9]\d{0,14}$/.test(raw) ? raw : digits(value)
  }
}

function shownDate(serial: number, { shows, dates }: { shows: 'day' | 'month' | 'time'; dates: DateSystem }): string | undefined {
  if (serial < 0 || serial > lastSerial) return undefined
  // To the second, as a cell shows it; a day by itself may have become a hair less.
  const moment = new Date(firstDays[dates] + Math.round(serial * 86_400) * 1000 + (dates === 1900 && serial < 60 ? msPerDay : 0))
  const [date = '', time = ''] = moment.toISOString().split(/[T.]/)
  const [year, month, day] = date.split('-')
  if (shows === 'time') return time
  return shows === 'month' ? `${month}-${year}` : `${day}-${month}-${year}`
}

function digits(value: number): string {
  const shown = Number(value.toPrecision(15))
  const text = String(shown)
  if (!text.includes('e')) return text
  return Math.abs(shown) < 1 ? shown.toFixed(20).replace(/\.?0+$/, '') : BigInt(shown).toString()
}
