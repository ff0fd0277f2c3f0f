import type { SftpInside } from './ssh-inside.ts'

/**
 * The memory that answers to reads are put together in. An answer comes in several SSH packets, and ssh2 makes a new
 * buffer for each: at 700 MB/s that is as much work for the garbage collector as decryption is for the rest. So those
 * that were given back are used again.
 */
export type SshAnswers = {
  /** The bytes of an answer are not needed any more. */
  giveBack(answer: Buffer): void
  /** Nothing is read now: lets go of what is kept for the next answers. */
  rest(): void
}

const bufferBytes = 256 * 1024
/** Below this a new buffer is cheaper. */
const shortBytes = 16 * 1024
/** How many buffers are kept for answers to come: enough for a reader that takes some at a time. */
const keptBuffers = 16

export function sshAnswers(inside: SftpInside): SshAnswers {
  const ours = new WeakSet<ArrayBufferLike>()
  let kept: Buffer[] = []
  const take = () => {
    const buffer = kept.pop() ?? Buffer.allocUnsafeSlow(bufferBytes)
    ours.add(buffer.buffer)
    return buffer
  }

  const push = inside.push.bind(inside)
  inside.push = (data) => {
    if (data === null) return push(null)
    // ssh2 is handed an answer from its beginning, and puts it together in what it finds in place of a buffer of its own.
    for (let at = 0; at < data.length; ) {
      const known = inside._pktLenBytes === 4
      const missing = known ? inside._pktLen - inside._pktPos : 4 - inside._pktLenBytes
      if (missing <= 0 || inside._pktLen > bufferBytes) return push(data.subarray(at))
      const part = data.subarray(at, at + missing)
      if (known && inside._pktPos === 0 && part.length < missing && missing > shortBytes) inside._pkt = take().subarray(0, missing)
      push(part)
      at += part.length
    }
  }

  return {
    giveBack: ({ buffer }) => {
      if (kept.length < keptBuffers && ours.has(buffer)) kept.push(Buffer.from(buffer))
    },
    rest: () => {
      kept = []
    },
  }
}
