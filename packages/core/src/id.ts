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
  const begin = BigInt(`0x${owner.replaceAll('-', '')}`)
  const nth = (ordinal: number) => {
    const digits = (begin + BigInt(ordinal)).toString(16).padStart(32, '0')
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
  }
  let count = 0
  return { next: () => nth(++count), last: nth(2 ** 32) }
}
