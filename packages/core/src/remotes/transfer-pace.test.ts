import { setTimeout as elapsed } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fault } from '../faults.ts'
import { chunks, collect } from './fixture.conformance.ts'
import { aheadBytes, readAhead } from './read-ahead.ts'
import { type RemoteLimits, remoteLimits } from './remote.ts'
import { transferPace } from './transfer-pace.ts'
import { writeBehind } from './write-behind.ts'

/** The parts of a transfer, with servers that answer as they like. */

const pieceBytes = 255 * 1024
const underWayBytes = 5 * 1024 * 1024
const giveBack = () => {}
const calm = () => transferPace({ limits: remoteLimits, pieceBytes, underWayBytes, giveUp: () => {} })

const content = fc
  .integer({ min: 0, max: 400_000 })
  .map((size) => Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 2_654_435_761) >>> 24)))

describe('read ahead', () => {
  test('a server that is faster than the other end is not asked for more than there is room for', async () => {
    const bytes = 100 * 1024 * 1024
    let asked = 0
    const readAt = async (offset: number, length: number) => {
      asked = offset + length
      return Buffer.alloc(Math.max(0, Math.min(length, bytes - offset)))
    }
    let taken = 0
    let mostAhead = 0
    for await (const data of readAhead({ readAt, giveBack, pace: calm() })) {
      await new Promise(setImmediate)
      mostAhead = Math.max(mostAhead, asked - taken)
      taken += data.length
    }
    expect(taken).toBe(bytes)
    expect(mostAhead).toBeGreaterThan(aheadBytes / 2)
    expect(mostAhead).toBeLessThan(aheadBytes + pieceBytes)
  })

  test('gives the bytes in order, whatever the order and the length of the answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        content,
        fc.scheduler(),
        fc.array(fc.integer({ min: 100, max: 40_000 }), { minLength: 1 }),
        async (file, scheduler, lengths) => {
          let reads = 0
          const readAt = scheduler.scheduleFunction(async (offset: number, bytes: number) => {
            const length = Math.min(bytes, lengths[reads++ % lengths.length] ?? bytes)
            return file.subarray(offset, offset + length)
          })
          const reading = collect(readAhead({ readAt, giveBack, pace: calm() }))
          await scheduler.waitFor(reading)
          expect((await reading).equals(file)).toBe(true)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('gives the memory of each answer back once, when the reader asks for the next', async () => {
    const given: Buffer[] = []
    const readAt = async (offset: number, bytes: number) => Buffer.alloc(Math.max(0, Math.min(bytes, 400_000 - offset)))
    const read: Buffer[] = []
    for await (const chunk of readAhead({ readAt, giveBack: (data) => given.push(data), pace: calm() })) {
      expect(given).toEqual(read)
      read.push(chunk)
    }
    expect(given).toEqual(read)
    expect(read.length).toBeGreaterThan(3)
  })

  test('ends at the first end it meets, though later answers had bytes', async () => {
    const readAt = async (offset: number, bytes: number) => Buffer.alloc(offset === 32_768 ? 0 : bytes)
    expect(await collect(readAhead({ readAt, giveBack, pace: calm() }))).toHaveLength(32_768)
  })

  test('reads beyond 4 GiB', async () => {
    const end = 2 ** 32 + 1_000
    const readAt = async (offset: number, bytes: number) => ({ length: Math.max(0, Math.min(bytes, end - offset)) }) as Buffer
    let total = 0
    for await (const chunk of readAhead({ readAt, giveBack, pace: calm() })) total += chunk.length
    expect(total).toBe(end)
  })

  test('throws what an answer throws, after the bytes before it', async () => {
    const broken = new Error('gone')
    const readAt = async (offset: number, bytes: number) => {
      if (offset > 100_000) throw broken
      return Buffer.alloc(bytes)
    }
    let total = 0
    const reading = (async () => {
      for await (const chunk of readAhead({ readAt, giveBack, pace: calm() })) total += chunk.length
    })()
    await expect(reading).rejects.toBe(broken)
    expect(total).toBeGreaterThan(100_000)
  })

  test('asks for little at first and for much when answers come quickly, never for more than there is room', async () => {
    const asked: number[] = []
    const mostUnderWay: number[] = []
    let underWay = 0
    const readAt = async (offset: number, bytes: number) => {
      asked.push(bytes)
      underWay += bytes
      mostUnderWay.push(underWay)
      await Promise.resolve()
      underWay -= bytes
      return Buffer.alloc(Math.max(0, Math.min(bytes, 50_000_000 - offset)))
    }
    await collect(readAhead({ readAt, giveBack, pace: calm() }))
    expect(asked.slice(0, 2)).toEqual([32_768, 32_768])
    expect(mostUnderWay[0]).toBe(32_768)
    expect(Math.max(...asked)).toBe(pieceBytes)
    expect(Math.max(...mostUnderWay)).toBeLessThanOrEqual(underWayBytes)
  })
})

describe('write behind', () => {
  test('writes every byte to its place, however the source is cut and in whatever order it is confirmed', async () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(content, cuts, fc.scheduler(), async (file, sizes, scheduler) => {
        const written = Buffer.alloc(file.length)
        const confirm = scheduler.scheduleFunction(async () => {})
        const writeAt = (offset: number, piece: Buffer) => {
          piece.copy(written, offset)
          return confirm()
        }
        const writing = writeBehind({ source: cut(file, sizes), writeAt, pace: calm() })
        await scheduler.waitFor(writing)
        expect(await writing).toBe(file.length)
        expect(written.equals(file)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('cuts large chunks into even pieces, so that none of their bytes are copied', async () => {
    const block = Buffer.alloc(1024 * 1024)
    const pieces: Buffer[] = []
    const writeAt = async (_: number, piece: Buffer) => void pieces.push(piece)
    await writeBehind({ source: chunks(...Array.from({ length: 20 }, () => block)), writeAt, pace: calm() })
    expect(pieces.every((piece) => piece.buffer === block.buffer)).toBe(true)
    expect(pieces.at(-1)?.length).toBe(Math.floor(block.length / 5))
  })

  test('gathers small chunks into large requests', async () => {
    const pieces: number[] = []
    const writeAt = async (_: number, piece: Buffer) => void pieces.push(piece.length)
    await writeBehind({ source: chunks(...Array.from({ length: 4_000 }, () => Buffer.alloc(100))), writeAt, pace: calm() })
    expect(pieces.reduce((sum, bytes) => sum + bytes, 0)).toBe(400_000)
    expect(pieces.length).toBeLessThan(15)
  })

  test('sends nothing more after a failure, and says which', async () => {
    const full = new Error('no space')
    let sent = 0
    const writeAt = async () => {
      sent += 1
      throw full
    }
    async function* endless() {
      for (;;) yield Buffer.alloc(100_000)
    }
    await expect(writeBehind({ source: endless(), writeAt, pace: calm() })).rejects.toBe(full)
    expect(sent).toBeLessThan(5)
  })

  test('rethrows what the source throws', async () => {
    const broken = new Error('gone')
    async function* source() {
      yield Buffer.alloc(100_000)
      throw broken
    }
    await expect(writeBehind({ source: source(), writeAt: async () => {}, pace: calm() })).rejects.toBe(broken)
  })
})

describe('the floor', () => {
  const limits: RemoteLimits = { ...remoteLimits, floorWindowMs: 80, floorBytesPerSecond: 1_000_000, transferMs: 10_000 }
  /** Rejects with the fault when it is given up, as a session does. */
  const impatient = (some: Partial<RemoteLimits> = {}) => {
    const { promise, reject } = Promise.withResolvers<never>()
    const pace = transferPace({ limits: { ...limits, ...some }, pieceBytes, underWayBytes, giveUp: (fault: Fault) => reject(fault) })
    return { pace, orGivenUp: <T>(answer: Promise<T>) => Promise.race([answer, promise]) }
  }

  test('gives up a server that stops answering', async () => {
    const { pace, orGivenUp } = impatient()
    const readAt = () => orGivenUp(new Promise<Buffer>(() => {}))
    await expect(collect(readAhead({ readAt, giveBack, pace }))).rejects.toMatchObject({ kind: 'unreachable', code: 'remote.too_slow' })
  })

  test('gives up a server that answers ever so slowly', async () => {
    const { pace, orGivenUp } = impatient()
    const readAt = () => orGivenUp(elapsed(20, Buffer.alloc(1)))
    await expect(collect(readAhead({ readAt, giveBack, pace }))).rejects.toMatchObject({ code: 'remote.too_slow' })
  })

  test('gives up a transfer that takes too long though it is fast enough', async () => {
    const { pace, orGivenUp } = impatient({ floorBytesPerSecond: 1, transferMs: 60 })
    const readAt = (_: number, bytes: number) => orGivenUp(elapsed(10, Buffer.alloc(bytes)))
    await expect(collect(readAhead({ readAt, giveBack, pace }))).rejects.toMatchObject({ code: 'remote.timed_out' })
  })

  test('does not count the time the other end takes', async () => {
    const { pace, orGivenUp } = impatient()
    async function* slow() {
      for (let count = 0; count < 4; count++) yield elapsed(60, Buffer.alloc(100_000))
    }
    expect(await writeBehind({ source: slow(), writeAt: () => orGivenUp(Promise.resolve()), pace })).toBe(400_000)
  })
})

async function* cut(file: Buffer, sizes: number[]): AsyncGenerator<Buffer> {
  let offset = 0
  for (let index = 0; offset < file.length; index++) {
    const size = sizes[index % sizes.length] || (index % sizes.length === 0 ? 1 : 0)
    yield file.subarray(offset, offset + size)
    offset += size
  }
}
