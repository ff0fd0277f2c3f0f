import { turnstile } from '../turnstile.ts'
import { remoteFault } from './remote-faults.ts'

/** Told of the entries of a listing as they arrive. */
export type ListingShare = {
  /**
   * So many more. Resolves when there is room for them, undefined where there is already. Fault: `remote.listing_too_large`
   * when they are more than allowed.
   */
  admit(entries: number): Promise<void> | undefined
  /** The listing is not wanted: its entries count no more. */
  forget(): void
}

/** What the listings of one look have in common. */
export type ListingRoom = Disposable & { share(): ListingShare }

/** Entries beyond which a look waits for one of the places for large ones. */
const large = 2_000
/**
 * Anybody can have large folders on a server of his own, and hundreds of looks run side by side: so many large ones at once
 * does a process remember.
 */
const places = turnstile({ places: 2 })
/** Milliseconds after which a server that is slow to send a large listing makes way for the others. */
const heldMs = 120_000

/** @param options.most entries in all listings together */
export function openListingRoom(options: { most: number; heldMs?: number }): ListingRoom {
  const { most } = options
  let seen = 0
  let place: Promise<Disposable> | undefined
  let until = Number.POSITIVE_INFINITY
  const enter = async () => {
    const entered = await places.enter()
    until = performance.now() + (options.heldMs ?? heldMs)
    return entered
  }
  return {
    share: () => {
      let count = 0
      return {
        admit: (entries) => {
          count += entries
          seen += entries
          if (seen > most) throw remoteFault('remote.listing_too_large', { most })
          if (performance.now() > until) throw remoteFault('remote.too_slow')
          if (seen <= large) return undefined
          place ??= enter()
          return place.then(() => {})
        },
        forget: () => {
          seen -= count
          count = 0
        },
      }
    },
    [Symbol.dispose]: () => void place?.then((entered) => entered[Symbol.dispose]()),
  }
}
