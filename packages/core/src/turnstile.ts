/** Lets so many through at once; the others wait their turn, in order. */
export type Turnstile = {
  /** Resolves when there is a place; it is free again when what is returned is disposed. */
  enter(): Promise<Disposable>
}

export function turnstile(options: { places: number }): Turnstile {
  let free = options.places
  const waiting: (() => void)[] = []
  const leave = () => {
    const next = waiting.shift()
    // The place goes to who waited longest, without becoming free in between.
    if (next === undefined) free++
    else next()
  }
  return {
    enter: async () => {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      return { [Symbol.dispose]: leave }
    },
  }
}
