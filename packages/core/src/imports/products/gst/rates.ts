/** Tax rates in percent that a line may bear, both heads together. */
const rates = [0, 0.1, 0.25, 1, 1.5, 3, 5, 6, 7.5, 12, 18, 28, 40]

/** One head of a tax shared by centre and state. 0.125 and the like are halves of the special rates. */
const halves = [0, 0.05, 0.125, 0.5, 0.75, 1.5, 2.5, 3, 3.75, 6, 9, 14, 20]

/** The slabs that ended, and the first day without them. */
const ended = { rates: [12, 28], on: '2025-09-22' }
/** The slab that came, and its first day. */
const begun = { rates: [40], on: '2025-09-22' }

export const rateList = rates.join(', ')
export const halfList = halves.join(', ')
export const ratesEndedOn = ended.on
export const ratesBeganOn = begun.on

export function isRate(percent: number): boolean {
  return rates.includes(percent)
}

export function isHalfRate(percent: number): boolean {
  return halves.includes(percent)
}

/** Whether a rate had ended by a day, YYYY-MM-DD. */
export function hasEnded(percent: number, day: string): boolean {
  return ended.rates.includes(percent) && day >= ended.on
}

/** Whether there was a rate on a day, YYYY-MM-DD, or before. */
export function hasBegun(percent: number, day: string): boolean {
  return !begun.rates.includes(percent) || day >= begun.on
}
