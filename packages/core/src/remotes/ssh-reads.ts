import type { OnReadOpts, Socket } from 'node:net'

/**
 * How what a server sends reaches ssh2. Node would make a new 64 KB buffer for each read: at 500 MB/s the garbage collector
 * then costs more than the encryption. So large reads go into two large buffers in turn, which a session has while it
 * carries a file; otherwise all sessions read into one in turn, and what came is copied at once, so that thousands of
 * idle sessions take little memory.
 *
 * ssh2 may hold on to bytes it was given until the next piece has come (a packet whose MAC is missing, a key exchange), which
 * is why there are two, and why short reads, of which many may come in a row, are copied. It also loses bytes of an
 * identification line that comes in more than two pieces; so that is gathered here first.
 */
export type SshReads = {
  onread: OnReadOpts
  /** Says whose data events ssh2 listens to. */
  attach(socket: Socket): void
  /** Will the memory of these bytes be overwritten? */
  isPassing(bytes: Buffer): boolean
  /** No file is carried now: lets go of the large buffers. */
  rest(): void
  /** What the server said in place of an SSH identification; empty when that came. */
  greeting(): string
}

const bufferBytes = 256 * 1024
const shortBytes = 16 * 1024
const greetingBytes = 16 * 1024
/** Read into by one session after the other; nothing stays in it when a read has been told of. */
const shared = Buffer.allocUnsafeSlow(bufferBytes)

export function sshReads(): SshReads {
  let own: { next: Buffer; other: Buffer } | undefined
  let filling: Buffer = shared
  let socket: Socket | undefined
  let greeting = Buffer.alloc(0)
  let identified = false

  const receive = (bytes: Buffer) => {
    if (identified) {
      socket?.emit('data', bytes)
      return
    }
    greeting = Buffer.concat([greeting, bytes])
    const said = greeting.toString('latin1')
    identified = greeting.length > greetingBytes || /^SSH-[^\n]*\n/m.test(said)
    if (identified) socket?.emit('data', greeting)
    // An FTP or mail server would wait for us as long as we for it.
    else if (/^\d{3}[ -][^\n]*\n/.test(said)) socket?.destroy()
  }

  return {
    onread: {
      buffer: () => {
        filling = own?.next ?? shared
        return filling
      },
      callback: (bytes) => {
        const read = filling.subarray(0, bytes)
        if (bytes < shortBytes || filling === shared) receive(Buffer.from(read))
        else {
          if (own?.next === filling) own = { next: own.other, other: filling }
          receive(read)
        }
        if (bytes >= shortBytes) own ??= { next: Buffer.allocUnsafeSlow(bufferBytes), other: Buffer.allocUnsafeSlow(bufferBytes) }
        return true
      },
    },
    attach: (connected) => {
      socket = connected
    },
    isPassing: ({ buffer }) => [filling, own?.next, own?.other].some((one) => one?.buffer === buffer),
    rest: () => {
      own = undefined
    },
    greeting: () => (identified ? '' : (/^.*/.exec(greeting.toString())?.[0] ?? '')),
  }
}
