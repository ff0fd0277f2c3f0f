import { v7 } from 'uuid'

/** A new UUIDv7: unique, and later ones sort later. */
export function newId(): string {
  return v7()
}

/**
 * Ids for a great many rows that are made together: UUIDv7 of one moment that count up, for a fraction of the cost. No
 * two series overlap, since each begins at random.
 */
export function idSeries(): () => string {
  const begun = newId()
  const prefix = begun.slice(0, 24)
  // Half of the numbers stay free above the highest beginning.
  let next = Number.parseInt(begun.slice(24), 16) % 2 ** 47
  return () => prefix + (next++).toString(16).padStart(12, '0')
}
