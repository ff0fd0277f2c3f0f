import type { Pace } from './transfer-pace.ts'

/** Bytes asked for and not handed on yet, at most: what a session may hold in memory while the other end is slow. */
export const aheadBytes = 8 * 1024 * 1024

/**
 * A file's bytes in order, with many requests under way. `readAt` answers with at most `bytes` of them, with fewer where
 * the server likes, and with none at the end of the file; the size is never asked for, because it may be wrong or change.
 */
export async function* readAhead(options: {
  readAt(offset: number, bytes: number): Promise<Buffer>
  /** What `readAt` gave was read: its memory may be used again. */
  giveBack(data: Buffer): void
  pace: Pace
}): AsyncGenerator<Buffer, void, undefined> {
  const { readAt, giveBack, pace } = options
  const ask = (offset: number, bytes: number) => {
    const answer = pace.track(bytes, readAt(offset, bytes))
    // Of those behind the end nobody will hear.
    answer.catch(() => {})
    return { offset, bytes, answer }
  }
  const asked: ReturnType<typeof ask>[] = []
  let offset = 0
  let handedOn = 0
  const room = () => (offset - handedOn < aheadBytes ? pace.next() : 0)
  for (;;) {
    for (let bytes = room(); bytes > 0; bytes = room()) {
      asked.push(ask(offset, bytes))
      offset += bytes
    }
    const first = asked.shift()
    if (first === undefined) throw new Error('nothing was asked for')
    const data = await pace.wait(first.answer)
    if (data.length === 0) return
    pace.gained(data.length)
    if (data.length < first.bytes) asked.unshift(ask(first.offset + data.length, first.bytes - data.length))
    yield data
    giveBack(data)
    handedOn += data.length
  }
}
