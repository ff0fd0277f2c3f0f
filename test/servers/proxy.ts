import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What is done to bytes on their way, from the next ones on. */
export type Toxic = {
  /** Milliseconds each way. */
  latencyMs?: number
  /** Bytes a second, each way and connection. */
  bandwidth?: number
  /** Nothing passes any more, and nobody is told. */
  stall?: boolean
  /** The largest piece that is passed on at once. */
  slice?: number
  /** A connection is reset after so many bytes from the server. */
  cutAfter?: number
}

export type TestProxy = AsyncDisposable & {
  port: number
  toxic: Toxic
  /** Whether new connections are reset at once. */
  refuse: boolean
  connections(): number
  /** Ends all open connections, in good order or not. */
  cut(how: 'end' | 'reset'): void
}

/** Bytes on their way on one connection before the sender is held up: what a receiver's window does. */
const window = 8 * 1024 * 1024

/** A TCP proxy on 127.0.0.1 that misbehaves on command; at any free port unless told which one. */
export async function startProxy(target: { host?: string; port: number; listenOn?: number }): Promise<TestProxy> {
  const open = new Set<readonly [Socket, Socket]>()
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    near.on('error', () => {})
    if (proxy.refuse) return void near.resetAndDestroy()
    const far = connect({ host: target.host ?? '127.0.0.1', port: target.port, noDelay: true, allowHalfOpen: true })
    far.on('error', () => {})
    const pair = [near, far] as const
    open.add(pair)
    let answered = 0
    const toxic = () => proxy.toxic
    const both = [
      carry(near, far, { toxic }),
      carry(far, near, {
        toxic,
        onPassed: (bytes) => {
          answered += bytes
          if (answered >= (proxy.toxic.cutAfter ?? Number.POSITIVE_INFINITY)) reset(pair)
        },
      }),
    ]
    Promise.all(both)
      .catch(() => reset(pair))
      .finally(() => open.delete(pair))
  })
  server.listen(target.listenOn ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: TestProxy = {
    port: (server.address() as AddressInfo).port,
    toxic: {},
    refuse: false,
    connections: () => open.size,
    cut: (how) => {
      for (const pair of open) how === 'reset' ? reset(pair) : pair.forEach((socket) => void socket.end())
    },
    [Symbol.asyncDispose]: async () => {
      for (const pair of open) reset(pair)
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}

async function carry(from: Socket, to: Socket, line: { toxic(): Toxic; onPassed?(bytes: number): void }): Promise<void> {
  let lineFree = 0
  let inFlight = 0
  let arrived: Promise<void> = Promise.resolve()
  for await (const bytes of from as AsyncIterable<Buffer>) {
    while (line.toxic().stall) await pause(10)
    const { latencyMs = 0, bandwidth = Number.POSITIVE_INFINITY } = line.toxic()
    lineFree = Math.max(lineFree, performance.now()) + (bytes.length / bandwidth) * 1000
    inFlight += bytes.length
    // One after the other, so that bytes keep their order; each at its own time, so that latencies overlap.
    const arrival = lineFree + latencyMs
    arrived = arrived.then(async () => {
      await until(arrival)
      await pass(bytes)
    })
    arrived.catch(() => {})
    await until(lineFree)
    if (inFlight > window) await arrived
  }
  await arrived
  to.end()

  async function pass(bytes: Buffer): Promise<void> {
    const { slice = bytes.length } = line.toxic()
    for (let at = 0; at < bytes.length; at += slice) {
      if (!to.write(bytes.subarray(at, at + slice))) await once(to, 'drain', { signal: AbortSignal.timeout(60_000) })
      if (slice < bytes.length) await pause(0)
    }
    inFlight -= bytes.length
    line.onPassed?.(bytes.length)
  }
}

async function until(time: number): Promise<void> {
  const ms = time - performance.now()
  if (ms > 0.5) await pause(ms)
}

function reset(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) socket.resetAndDestroy()
}
