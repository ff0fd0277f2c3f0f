import type { Socket } from 'node:net'
import type { SftpInside } from './ssh-inside.ts'

/**
 * The way of written bytes to the socket. ssh2 copies them into a request, that into SSH packets, and makes a new buffer
 * for each. Here they go into the packets at once, and a packet that the system has taken is used again.
 */
export type SshPackets = {
  /** Sends a write request and tells when it is answered; false where it would have to wait, and nothing is done. */
  write(request: { handle: Buffer; offset: number; bytes: Buffer }, answered: (error: Error | undefined) => void): boolean
  /** Nothing is written now: lets go of what is kept for the next packets. */
  rest(): void
}

/** What every server takes in one packet. Source: RFC 4253 6.1. */
const mostPayloadBytes = 32 * 1024
const channelDataType = 94
const writeType = 6
const tagBytes = 16

export function sshPackets(inside: SftpInside, socket: Socket): SshPackets {
  const { outgoing, _protocol: protocol } = inside
  let kept: Buffer[] = []
  let used = 0

  /** A packet as `aes*-gcm` of ssh2's native part wants it, to be encrypted in place. Sources: RFC 4253 6, RFC 5647 7. */
  const gcmPacket = (payloadBytes: number) => {
    if (socket.writableLength === 0) used = 0
    const padding = 16 - ((1 + payloadBytes) % 16)
    const paddingBytes = padding < 4 ? padding + 16 : padding
    kept[used] ??= Buffer.alloc(mostPayloadBytes + 64)
    const packet = (kept[used] as Buffer).subarray(0, 4 + 1 + payloadBytes + paddingBytes + tagBytes)
    used += 1
    packet.writeUInt32BE(1 + payloadBytes + paddingBytes)
    packet[4] = paddingBytes
    return packet
  }
  const packetFor = (payloadBytes: number) =>
    protocol._cipher.constructor.name === 'AESGCMCipherBinding' ? gcmPacket(payloadBytes) : protocol._packetRW.write.alloc(payloadBytes)

  const send = (head: Buffer, bytes: Buffer) => {
    const whole = head.length + bytes.length
    const start = protocol._packetRW.write.allocStart
    socket.cork()
    for (let at = 0; at < whole; ) {
      const length = Math.min(whole - at, outgoing.packetSize - 9, mostPayloadBytes - 9)
      const packet = packetFor(9 + length)
      packet[start] = channelDataType
      packet.writeUInt32BE(outgoing.id, start + 1)
      packet.writeUInt32BE(length, start + 5)
      const ofHead = Math.max(0, Math.min(head.length - at, length))
      if (ofHead > 0) head.copy(packet, start + 9, at, at + ofHead)
      if (ofHead < length) bytes.copy(packet, start + 9 + ofHead, at + ofHead - head.length, at + length - head.length)
      protocol._cipher.encrypt(packet)
      at += length
    }
    socket.uncork()
  }

  return {
    write: ({ handle, offset, bytes }, answered) => {
      const headBytes = 25 + handle.length
      const whole = headBytes + bytes.length
      if (outgoing.state !== 'open' || outgoing.window <= whole || inside._buffer.length > 0 || protocol._kexinit !== undefined)
        return false
      outgoing.window -= whole
      inside._writeReqid = (inside._writeReqid + 1) % 2 ** 31
      inside._requests[inside._writeReqid] = { cb: answered }
      // Source: draft-ietf-secsh-filexfer-02 6.4.
      const head = Buffer.allocUnsafe(headBytes)
      let at = head.writeUInt32BE(whole - 4)
      at = head.writeUInt8(writeType, at)
      at = head.writeUInt32BE(inside._writeReqid, at)
      at = head.writeUInt32BE(handle.length, at)
      at += handle.copy(head, at)
      at = head.writeBigUInt64BE(BigInt(offset), at)
      head.writeUInt32BE(bytes.length, at)
      send(head, bytes)
      return true
    },
    rest: () => {
      kept = []
      used = 0
    },
  }
}
