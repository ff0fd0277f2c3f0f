/** Seconds until the next try after so many faults in a row: from 15 s, doubled, at most 15 minutes, with full jitter above half. */
export function backOffSeconds(failures: number, random = Math.random): number {
  const ceiling = Math.min(15 * 60, 15 * 2 ** Math.min(failures, 10))
  return ceiling / 2 + (random() * ceiling) / 2
}
