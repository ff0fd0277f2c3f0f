import type { OnReadOpts, Socket } from 'node:net'

/**
 * How what a server sends reaches ssh2. Node would make a new 64 KB buffer for each read: at 500 MB/s the garbage collector
 * then costs more than the encryption. So reads go into two large buffers in turn.
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
  /** What the server said in place of an SSH identification; empty when that came. */
  greeting(): string
}

const bufferBytes = 256 * 1024
const shortBytes = 16 * 1024
const greetingBytes = 16 * 1024

export function sshReads(): SshReads {
  let current = Buffer.allocUnsafeSlow(bufferBytes)
  let other = Buffer.allocUnsafeSlow(bufferBytes)
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
      buffer: () => current,
      callback: (bytes) => {
        const read = current.subarray(0, bytes)
        if (bytes < shortBytes) receive(Buffer.from(read))
        else {
          ;[current, other] = [other, current]
          receive(read)
        }
        return true
      },
    },
    attach: (connected) => {
      socket = connected
    },
    isPassing: (bytes) => bytes.buffer === current.buffer || bytes.buffer === other.buffer,
    greeting: () => (identified ? '' : (/^.*/.exec(greeting.toString())?.[0] ?? '')),
  }
}
