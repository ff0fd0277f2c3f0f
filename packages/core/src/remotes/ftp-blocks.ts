import type { Socket } from 'node:net'
import { readInto } from './socket-inside.ts'

const blockBytes = 256 * 1024
/** As much as Node reads at once. */
const pieceBytes = 64 * 1024

/**
 * What arrives on a connection, in blocks: it comes in pieces of some kilobytes, each of which would cost a turn of its own.
 * One block fills while the other one is with the reader; it is his until he asks for the next.
 */
export async function* blocksFrom(socket: Socket): AsyncGenerator<Buffer, void, void> {
  let [filling, lent] = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)]
  let filled = 0
  // What was decrypted already when there was no more room.
  let left: Buffer[] = []
  let over = false
  let failure: Error | undefined
  let wake: (() => void) | undefined

  const take = (piece: Buffer) => {
    const bytes = left.length === 0 ? piece.copy(filling, filled) : 0
    filled += bytes
    if (bytes < piece.length) left.push(Buffer.from(piece.subarray(bytes)))
    if (filled === blockBytes) socket.pause()
    // The reader has his turn behind everything that is there by now.
    if (wake !== undefined) setImmediate(wake)
    wake = undefined
  }
  const end = (error?: Error) => {
    failure ??= error
    over = true
    wake?.()
  }
  const piece = Buffer.allocUnsafe(pieceBytes)
  readInto(socket, {
    buffer: piece,
    callback: (bytes) => {
      take(piece.subarray(0, bytes))
      return true
    },
  })
  socket.on('data', take)
  socket.once('end', () => end())
  socket.once('error', end)
  socket.once('close', () => end(socket.readableEnded ? undefined : new Error('the data connection was closed')))
  try {
    for (;;) {
      while (filled === 0 && !over) {
        await new Promise<void>((resolve) => {
          wake = resolve
          socket.resume()
        })
      }
      if (filled > 0) {
        const block = filling.subarray(0, filled)
        ;[filling, lent] = [lent, filling]
        filled = 0
        const waiting = left
        left = []
        for (const piece of waiting) take(piece)
        if (filled < blockBytes) socket.resume()
        yield block
      } else if (failure !== undefined) throw failure
      else return
    }
  } finally {
    socket.off('data', take)
  }
}
