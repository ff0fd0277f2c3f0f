import { v7 } from 'uuid'

/** A new UUIDv7: unique, and later ones sort later. */
export function newId(): string {
  return v7()
}

/** The ids that count up from an id: of many rows that belong to one, in their order, and between those of its neighbours. */
export type IdSeries = {
  next(): string
  /** No id of the series is greater. */
  last: string
}

/** The series of what belongs to `owner`. It is the same each time, and as unique as its owner's id. */
export function idSeries(owner: string): IdSeries {
  // All but the last twelve digits are the same for all but a few series, and those digits are a number of JavaScript's.
  const begin = Number(numberOf(owner) & BigInt(lastDigits))
  const start = owner.slice(0, -12)
  let count = 0
  const next = () => {
    const digits = begin + ++count
    return digits > lastDigits ? nthId(owner, count) : start + digits.toString(16).padStart(12, '0')
  }
  return { next, last: nthId(owner, seriesLength) }
}

const lastDigits = 0xffff_ffff_ffff

const seriesLength = 2 ** 32

/** The id of the series of `owner` with this number, from 1 on. */
export function nthId(owner: string, ordinal: number): string {
  const digits = (numberOf(owner) + BigInt(ordinal)).toString(16).padStart(32, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
}

/** Which of the series of `owner` an id is; undefined for one that is none of it. */
export function ordinalOf(owner: string, id: string): number | undefined {
  const ordinal = numberOf(id) - numberOf(owner)
  return ordinal > 0n && ordinal <= BigInt(seriesLength) ? Number(ordinal) : undefined
}

function numberOf(id: string): bigint {
  return BigInt(`0x${id.replaceAll('-', '')}`)
}
