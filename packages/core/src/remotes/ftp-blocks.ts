import type { Socket } from 'node:net'

const blockBytes = 512 * 1024

/**
 * What arrives on a connection, in blocks: it comes in pieces of some kilobytes, each of which would cost a turn of its own.
 * One block fills while the other one is with the reader; it is his until he asks for the next.
 */
export async function* blocksFrom(socket: Socket): AsyncGenerator<Buffer, void, void> {
  let [filling, lent] = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)]
  let filled = 0
  let left: Buffer | undefined
  let over = false
  let failure: Error | undefined
  let wake = () => {}

  const take = (piece: Buffer) => {
    const bytes = piece.copy(filling, filled)
    filled += bytes
    if (bytes < piece.length) left = piece.subarray(bytes)
    if (filled === blockBytes) socket.pause()
    wake()
  }
  const end = (error?: Error) => {
    failure ??= error
    over = true
    wake()
  }
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
        left = undefined
        if (waiting !== undefined) take(waiting)
        socket.resume()
        yield block
      } else if (failure !== undefined) throw failure
      else return
    }
  } finally {
    socket.off('data', take)
  }
}
