/** Digits before the point; the columns of the database take no more. */
const longestWhole = 13
const plain = /^\d{1,13}(?:\.\d{1,2})?$/

/** What stands in a cell that holds a number: its text as PostgreSQL takes it, and whether decimals were rounded away. */
export type ReadNumber = { text: string; rounded: boolean }

/** Whether a cell is a number as it should be: digits, and at most two decimals. Most are. */
export function isPlainNumber(cell: string): boolean {
  return plain.test(cell)
}

/**
 * A number of at most 13 digits before the point. Grouping commas (1,18,000), spaces and the rupee sign are dropped;
 * decimals beyond `decimals` are rounded half up. Undefined for what is no number.
 */
export function readNumber(cell: string, decimals: number): ReadNumber | undefined {
  const [, sign = '', whole = '', fraction = ''] = /^([-+]?)(\d{0,13})(?:\.(\d*))?$/.exec(cell.replace(/[,\s₹]/g, '')) ?? []
  if (whole === '' && fraction === '') return undefined
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0')
  const up = (fraction.charAt(decimals) || '0') >= '5' ? 1n : 0n
  const digits = (BigInt(`${whole}${kept}`) + up).toString().padStart(decimals + 1, '0')
  if (digits.length > longestWhole + decimals) return undefined
  const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
  return { text: sign === '-' && /[1-9]/.test(digits) ? `-${text}` : text, rounded: /[1-9]/.test(fraction.slice(decimals)) }
}

/** Paise of an amount that was read before: digits, and at most two decimals. None is 0. */
export function paise(amount: string): number {
  let total = 0
  let decimals = -1
  for (let at = 0; at < amount.length; at++) {
    const digit = amount.charCodeAt(at) - 48
    if (digit < 0) decimals = 0
    else {
      total = total * 10 + digit
      if (decimals >= 0) decimals++
    }
  }
  return decimals === 2 ? total : decimals === 1 ? total * 10 : total * 100
}

/** For people: 1234.50 */
export function rupees(amountInPaise: number): string {
  return (amountInPaise / 100).toFixed(2)
}
