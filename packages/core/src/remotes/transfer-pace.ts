import type { Fault } from '../faults.ts'
import type { RemoteLimits } from './remote.ts'
import { remoteFault } from './remote-faults.ts'

/**
 * How fast one transfer goes: how many requests of what size are under way, and when the server is too slow.
 *
 * It starts with little under way and takes more while answers come quickly, as TCP does: a 4 KB file costs two reads,
 * a fast line is kept full, and on a slow one no answer stands in a queue for so long that it looks like silence.
 */
export type Pace = {
  /** Bytes of the next request; 0 when an answer has to come first. */
  next(): number
  /** Counts a request for so many bytes as under way until it is answered. */
  track<T>(bytes: number, answer: Promise<T>): Promise<T>
  /** So many bytes have arrived. */
  gained(bytes: number): void
  /** Waits for the server, and gives up on it when it is too slow. Only this time counts, not that of the other end of the transfer. */
  wait<T>(answer: Promise<T>): Promise<T>
}

const firstBytes = 32 * 1024
const underWayRequests = 64

/** @param options.underWayBytes at most so many bytes are under way, whatever the speed */
export function transferPace(options: {
  limits: RemoteLimits
  pieceBytes: number
  underWayBytes: number
  giveUp(fault: Fault): void
}): Pace {
  const { limits, pieceBytes, underWayBytes, giveUp } = options
  const quickMs = limits.floorWindowMs / 8
  let allowed = firstBytes
  let underWay = 0
  let requests = 0
  // Milliseconds the server may still take. Each byte buys as much as it takes at the slowest speed allowed.
  let patience = limits.floorWindowMs
  let left = limits.transferMs

  return {
    next: () => {
      const bytes = Math.min(pieceBytes, Math.max(firstBytes, Math.floor(allowed / 8)))
      return requests === 0 || (underWay + bytes <= allowed && requests < underWayRequests) ? bytes : 0
    },
    track: async (bytes, answer) => {
      const from = performance.now()
      underWay += bytes
      requests += 1
      try {
        return await answer
      } finally {
        underWay -= bytes
        requests -= 1
        const quick = performance.now() - from < quickMs
        allowed = quick ? Math.min(underWayBytes, allowed + 2 * bytes) : Math.max(firstBytes, allowed / 2)
      }
    },
    gained: (bytes) => {
      patience = Math.min(limits.floorWindowMs, patience + (bytes / limits.floorBytesPerSecond) * 1000)
    },
    wait: async (answer) => {
      const from = performance.now()
      const code = left < patience ? 'remote.timed_out' : 'remote.too_slow'
      const timer = setTimeout(() => giveUp(remoteFault(code)), Math.max(0, Math.min(left, patience)))
      try {
        return await answer
      } finally {
        clearTimeout(timer)
        const waited = performance.now() - from
        patience -= waited
        left -= waited
      }
    },
  }
}
