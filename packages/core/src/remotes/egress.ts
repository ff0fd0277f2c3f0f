import { lookup } from 'node:dns/promises'
import { connect as connectSocket, type OnReadOpts, type Socket } from 'node:net'
import { setTimeout as elapsed } from 'node:timers/promises'
import { isFileServerPort, isPublic, isSameAddress, isWithin, parseNetworks, readHost } from './egress-addresses.ts'
import { remoteFault } from './remote-faults.ts'

/**
 * The only way out to a host that a customer named. A name is resolved once; if any of its addresses is not allowed, none
 * is; the connection goes to the address that was checked.
 *
 * Faults say no more than what the customer could know, so that nobody can map a network with them: refused, silent and
 * filtered are one code, and no failure is quicker than `failureMs`.
 */
export type Egress = {
  /** The addresses of the host that may be connected to, for clients that connect themselves. They must not resolve again. */
  approve(target: Target): Promise<string[]>
  /** A paused, connected socket without Nagle's delay. `ms` is for all attempts together; `signal` ends the socket at any time. */
  connect(target: Target & { ms: number; signal?: AbortSignal; onread?: OnReadOpts }): Promise<Socket>
}
type Target = { host: string; port: number }

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<string[]>

export type EgressOptions = {
  /** Networks that may be reached although they are not public, and at any port; `10.0.0.0/8` and the like. Throws what it cannot read. */
  allowCidrs?: readonly string[]
  resolve?: Resolve
  resolveMs?: number
  failureMs?: number
}

const attempts = 3

export function createEgress(options: EgressOptions): Egress {
  const { resolve = systemResolve, resolveMs = 5_000, failureMs = 1_000 } = options
  const allowed = parseNetworks(options.allowCidrs ?? [])

  async function addressesOf({ host, port }: Target): Promise<string[]> {
    const target = readHost(host)
    if (target.kind === 'odd') throw remoteFault('remote.address_not_allowed', { host, port })
    const addresses = target.kind === 'address' ? [target.address] : await resolveInTime(target.name)
    if (addresses.length === 0) throw remoteFault('remote.name_not_resolved', { host, port })
    const mayBePublic = isFileServerPort(port) && !(target.kind === 'name' && target.local)
    const isAllowed = (address: string) => isWithin(address, allowed) || (mayBePublic && isPublic(address))
    if (!addresses.every(isAllowed)) throw remoteFault('remote.address_not_allowed', { host, port })
    return addresses
  }

  async function resolveInTime(name: string): Promise<string[]> {
    const tooLate = new AbortController()
    try {
      return await Promise.race([resolve(name).catch(() => []), elapsed(resolveMs, [], { signal: tooLate.signal })])
    } finally {
      tooLate.abort()
    }
  }

  async function neverQuickToFail<T>(work: () => Promise<T>): Promise<T> {
    const from = performance.now()
    try {
      return await work()
    } catch (error) {
      await elapsed(Math.max(0, failureMs - (performance.now() - from)))
      throw error
    }
  }

  return {
    approve: (target) => neverQuickToFail(() => addressesOf(target)),
    connect: ({ host, port, ms, signal, onread }) =>
      neverQuickToFail(async () => {
        const addresses = (await addressesOf({ host, port })).slice(0, attempts)
        const from = performance.now()
        let cause: unknown
        for (const [index, address] of addresses.entries()) {
          const left = (ms - (performance.now() - from)) / (addresses.length - index)
          try {
            return await connectTo({ address, port, ms: left, signal, onread })
          } catch (error) {
            cause = error
            if (signal?.aborted) break
          }
        }
        throw remoteFault('remote.connect_failed', { host, port, cause })
      }),
  }
}

const systemResolve: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address)

function connectTo(options: { address: string; port: number; ms: number; signal?: AbortSignal; onread?: OnReadOpts }): Promise<Socket> {
  const { address, port, ms, signal, onread } = options
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: address, port, noDelay: true, keepAlive: true, onread })
    if (signal !== undefined) endOnAbort(socket, signal)
    const give = (error: Error) => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    const timer = setTimeout(() => give(new Error(`no connection to ${address} after ${ms} ms`)), ms)
    socket.once('error', give)
    socket.once('connect', () => {
      if (!isSameAddress(socket.remoteAddress ?? '', address))
        return give(new Error(`connected to ${socket.remoteAddress}, not to ${address}`))
      clearTimeout(timer)
      socket.off('error', give)
      // Whoever takes the socket is not listening yet, and must also hear of an error that comes before it does.
      socket.pause()
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

/** As a socket's option `signal` does, which however keeps every socket in memory for as long as the signal lives. */
function endOnAbort(socket: Socket, signal: AbortSignal): void {
  const end = () => void socket.destroy(new Error('ended by its signal', { cause: signal.reason }))
  signal.addEventListener('abort', end)
  socket.once('close', () => signal.removeEventListener('abort', end))
  if (signal.aborted) end()
}
