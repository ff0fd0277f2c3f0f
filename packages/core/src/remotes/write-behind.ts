import type { Pace } from './transfer-pace.ts'

/**
 * Writes a source with many requests under way and resolves with its bytes when every one is confirmed. `writeAt` must
 * have taken the bytes when it returns, so that buffers can be used again. After the first failure nothing more is sent.
 */
export async function writeBehind(options: {
  source: AsyncIterable<Buffer>
  writeAt(offset: number, piece: Buffer): Promise<void>
  pace: Pace
}): Promise<number> {
  const { source, writeAt, pace } = options
  const underWay = new Set<Promise<void>>()
  let failure: { error: unknown } | undefined
  let offset = 0

  const confirmation = async () => {
    await pace.wait(Promise.race(underWay))
    if (failure !== undefined) throw failure.error
  }
  const room = async () => {
    for (;;) {
      const bytes = pace.next()
      if (bytes > 0) return bytes
      await confirmation()
    }
  }
  const send = (piece: Buffer) => {
    if (failure !== undefined) throw failure.error
    const confirmed: Promise<void> = pace
      .track(piece.length, writeAt(offset, piece))
      .then(() => pace.gained(piece.length))
      .catch((error: unknown) => {
        failure ??= { error }
      })
      .finally(() => underWay.delete(confirmed))
    underWay.add(confirmed)
    offset += piece.length
  }

  // What is too little for a request of its own is gathered here.
  let gathered = Buffer.alloc(0)
  let filled = 0
  for await (const chunk of source) {
    for (let rest = chunk; rest.length > 0; ) {
      const bytes = await room()
      if (filled === 0 && rest.length >= bytes / 2) {
        // In even parts, so that no end is left over that would have to be gathered.
        const part = Math.ceil(rest.length / Math.ceil(rest.length / bytes))
        send(rest.subarray(0, part))
        rest = rest.subarray(part)
        continue
      }
      if (gathered.length < bytes) gathered = Buffer.concat([gathered.subarray(0, filled)], bytes)
      const copied = rest.copy(gathered, filled, 0, Math.max(0, bytes - filled))
      filled += copied
      rest = rest.subarray(copied)
      if (filled < bytes) continue
      send(gathered.subarray(0, filled))
      filled = 0
    }
  }
  if (filled > 0) {
    await room()
    send(gathered.subarray(0, filled))
  }
  while (underWay.size > 0) await confirmation()
  if (failure !== undefined) throw failure.error
  return offset
}
