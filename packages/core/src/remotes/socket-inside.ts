import type { OnReadOpts, Socket } from 'node:net'

/** What a socket of Node keeps to itself and we use. */
type SocketInside = { [key: symbol]: unknown; _handle: { useUserBuffer?(buffer: Uint8Array): void } | null }

/**
 * Reads into a buffer of ours from now on, as the option `onread` of `net.connect` does. That one is for sockets that Node
 * connects itself: one that came in, or that is encrypted afterwards, would make a new buffer of 16 KB for every record.
 *
 * What has arrived before is still told by `data` events.
 *
 * @returns whether it does; where a version of Node does it in another way, everything is told by `data` events.
 */
export function readInto(socket: Socket, { buffer, callback }: { buffer: Buffer; callback: OnReadOpts['callback'] }): boolean {
  const inside = socket as unknown as SocketInside
  const symbols = Object.getOwnPropertySymbols(socket)
  const bufferKey = symbols.find(({ description }) => description === 'kBuffer')
  const callbackKey = symbols.find(({ description }) => description === 'kBufferCb')
  if (bufferKey === undefined || callbackKey === undefined || inside._handle?.useUserBuffer === undefined) return false
  inside[bufferKey] = buffer
  inside[callbackKey] = callback
  inside._handle.useUserBuffer(buffer)
  return true
}
