/** What an SFTP channel of ssh2 keeps to itself and we use. Its version is pinned, and the suite notices when these are gone. */
export type SftpInside = {
  _maxReadLen: number
  _maxWriteLen: number
  _writeReqid: number
  _requests: Record<number, { buffer?: Buffer; cb: (error: Error | undefined, data?: Buffer) => void }>
  /** Requests that wait for the server's window. */
  _buffer: Buffer[]
  /** Of the answer that is coming in: its length and how many bytes of that number are known, its bytes and how many of them. */
  _pktLen: number
  _pktLenBytes: number
  _pkt: Buffer | undefined
  _pktPos: number
  push(data: Buffer | null): void
  incoming: { window: number }
  outgoing: { id: number; state: string; window: number; packetSize: number }
  _protocol: {
    /** There during a key exchange. */
    _kexinit: unknown
    _cipher: { encrypt(packet: Buffer): void }
    _packetRW: { write: { alloc(payloadBytes: number): Buffer; allocStart: number } }
    channelWindowAdjust(channel: number, bytes: number): void
  }
}

type Confirmation = { packetSize: number }
/** What a client of ssh2-sftp-client keeps to itself. */
export type ClientInside = {
  client: {
    once(event: 'handshake', listener: () => void): void
    _protocol: {
      _handlers: { CHANNEL_OPEN_CONFIRMATION(protocol: unknown, confirmation: Confirmation): void }
      /** The algorithms in the form they are offered in, which nothing changes. */
      _offer: unknown
    }
  }
}

/** Every server takes packets of 32 KB. Source: RFC 4253 6.1. One that says it takes none has ssh2 send nothing for ever. */
const leastPacketBytes = 1024

const offers = new Map<string, unknown>()

/** Each session keeps its offer for the next key exchange; those with the same algorithms share it, which saves a tenth of their memory. */
export function shareOffer({ client: { _protocol: protocol } }: ClientInside, algorithms: string): void {
  const offer = offers.get(algorithms) ?? protocol._offer
  offers.set(algorithms, offer)
  protocol._offer = offer
}

/** To be called while nobody is logged in yet: tells when the server wants smaller packets than anything can be sent in. */
export function onTinyPackets({ client: inside }: ClientInside, refuse: () => void): void {
  inside.once('handshake', () => {
    const handlers = inside._protocol._handlers
    const confirmed = handlers.CHANNEL_OPEN_CONFIRMATION
    handlers.CHANNEL_OPEN_CONFIRMATION = (protocol, confirmation) => {
      if (confirmation.packetSize < leastPacketBytes) refuse()
      else confirmed(protocol, confirmation)
    }
  })
}
