/** Calls `late` unless disposed before so many milliseconds are over. */
export type Deadline = Disposable & {
  /** Waits for what is not ours to hurry: the clock stands meanwhile. */
  outside<T>(work: Promise<T>): Promise<T>
}

export function openDeadline(ms: number, late: () => void): Deadline {
  let left = ms
  let since = performance.now()
  let timer = setTimeout(late, left)
  let waits = 0
  return {
    outside: async (work) => {
      if (waits++ === 0) {
        clearTimeout(timer)
        left -= performance.now() - since
      }
      try {
        return await work
      } finally {
        if (--waits === 0) {
          since = performance.now()
          timer = setTimeout(late, Math.max(0, left))
        }
      }
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}
