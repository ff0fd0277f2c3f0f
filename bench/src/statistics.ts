/** The middle one, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)]
  if (upper === undefined) throw new Error('a median of nothing')
  return Number.isInteger(middle) ? ((sorted[middle - 1] as number) + upper) / 2 : upper
}

/** How far the values lie apart: half of the way from the least to the most, as a share of the median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values)
}
