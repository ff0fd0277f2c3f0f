/** Tax rates in percent that a line may bear, both heads together. */
const rates = [0, 0.1, 0.25, 1, 1.5, 3, 5, 6, 7.5, 12, 18, 28, 40]

/** One head of a tax shared by centre and state. 0.125 and the like are halves of the special rates. */
const halves = [0, 0.05, 0.125, 0.5, 0.75, 1.5, 2.5, 3, 3.75, 6, 9, 14, 20]

/** The slabs that did not apply all the time: the first day with them, or the first without them. */
const spans = new Map<number, { from?: string; until?: string }>([
  [12, { until: '2025-09-22' }],
  [28, { until: '2025-09-22' }],
  [40, { from: '2025-09-22' }],
])

export const rateList = rates.join(', ')
export const halfList = halves.join(', ')

export function isRate(percent: number): boolean {
  return rates.includes(percent)
}

export function isHalfRate(percent: number): boolean {
  return halves.includes(percent)
}

/** The days on which a slab applied, YYYY-MM-DD; undefined for one that always did. */
export function rateSpan(percent: number): { from?: string; until?: string } | undefined {
  return spans.get(percent)
}
