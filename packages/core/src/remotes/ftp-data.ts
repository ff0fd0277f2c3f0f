import { once } from 'node:events'
import { createServer, isIPv6, type Server, type Socket } from 'node:net'
import type { Egress } from './egress.ts'
import { isSameAddress } from './egress-addresses.ts'
import type { FtpControl } from './ftp-control.ts'
import { replyOf } from './ftp-control.ts'
import { remoteFault } from './remote-faults.ts'

/** A way for data, prepared before the command that moves it is sent. Disposed, it leads nowhere any more. */
export type DataWay = Disposable & {
  /** The connection. To be waited for once the command is about to be sent. Fault: `remote.data_connection_failed`. */
  connected(): Promise<Socket>
}

/** Where servers reach us in active mode: what `ACTIVE_MODE_ADDRESS` and `ACTIVE_MODE_PORTS` say. */
export type ActiveMode = { address: string; ports: { from: number; to: number } }

type Way = {
  control: FtpControl /** Of the server, as the control connection has it. */
  address: string
  ms: number
  signal?: AbortSignal
}

/**
 * We connect to the server. EPSV (RFC 2428), else PASV, of whose answer only the port counts: the address in it is often
 * the server's private one, and would otherwise let a server aim us at somebody else.
 */
export function passiveWays({ egress, ...way }: Way & { egress: Egress }): () => Promise<DataWay> {
  let extended = true
  return async () => {
    const port = extended ? await portOfEpsv(way.control) : undefined
    extended &&= port !== undefined
    const chosen = port ?? (await portOfPasv(way.control))
    const { address, ms, signal } = way
    const socket = egress.connect({ host: address, port: chosen, ms, signal }).catch((cause: unknown) => {
      throw remoteFault('remote.data_connection_failed', { port: chosen, cause })
    })
    socket.catch(() => {})
    return {
      connected: () => socket,
      [Symbol.dispose]: () =>
        void socket.then(
          (open) => open.destroy(),
          () => {},
        ),
    }
  }
}

async function portOfEpsv(control: FtpControl): Promise<number | undefined> {
  try {
    const { text } = await control.ask('EPSV')
    return portOf(/\|\|\|(\d{1,5})\|/.exec(text)?.[1])
  } catch (error) {
    if (replyOf(error) === undefined) throw error
    return undefined
  }
}

async function portOfPasv(control: FtpControl): Promise<number> {
  const { text } = await control.ask('PASV')
  const [, high, low] = /(?:\d{1,3},){4}(\d{1,3}),(\d{1,3})/.exec(text) ?? []
  const port = portOf(high && low && String(Number(high) * 256 + Number(low)))
  if (port === undefined) throw remoteFault('remote.protocol_error', { server: text })
  return port
}

/** A server has no business below 1024 but its own ports. */
function portOf(digits: string | undefined): number | undefined {
  const port = Number(digits)
  return port >= 1024 && port <= 65_535 ? port : undefined
}

/** The server connects to us, and nobody else may. Fault: `remote.active_mode_unavailable` where this service has no address for it. */
export function activeWays({ control, address, ms, active }: Way & { active: ActiveMode | undefined }): () => Promise<DataWay> {
  return async () => {
    if (active === undefined) throw remoteFault('remote.active_mode_unavailable')
    const { server, port } = await listenBetween(active.ports)
    const connected = Promise.withResolvers<Socket>()
    connected.promise.catch(() => {})
    server.on('connection', (socket) => {
      socket.on('error', () => {})
      if (!isSameAddress(socket.remoteAddress ?? '', address)) return void socket.destroy()
      socket.setNoDelay(true)
      connected.resolve(socket)
      server.close()
    })
    const late = () => connected.reject(remoteFault('remote.data_connection_failed', { port }))
    let timer: NodeJS.Timeout | undefined
    try {
      await control.ask(commandFor(active.address, port))
    } catch (error) {
      server.close()
      throw error
    }
    return {
      connected: () => {
        timer ??= setTimeout(late, ms)
        return connected.promise.finally(() => clearTimeout(timer))
      },
      [Symbol.dispose]: () => {
        clearTimeout(timer)
        server.close()
        connected.promise.then(
          (open) => open.destroy(),
          () => {},
        )
        connected.reject(remoteFault('remote.data_connection_failed', { port }))
      },
    }
  }
}

/** RFC 959 PORT, and RFC 2428 EPRT where the address is too long for it. */
function commandFor(address: string, port: number): string {
  if (isIPv6(address)) return `EPRT |2|${address}|${port}|`
  return `PORT ${address.replaceAll('.', ',')},${port >> 8},${port & 255}`
}

/** A free port of the range, not always the first one: one that was just closed may still be expected by somebody. */
async function listenBetween({ from, to }: ActiveMode['ports']): Promise<{ server: Server; port: number }> {
  const count = to - from + 1
  const first = Math.floor(Math.random() * count)
  for (let at = 0; at < count; at++) {
    const port = from + ((first + at) % count)
    const server = createServer({ pauseOnConnect: true })
    server.listen(port)
    try {
      await once(server, 'listening')
      return { server, port }
    } catch {
      server.close()
    }
  }
  throw remoteFault('remote.active_mode_unavailable', { reason: `all ports from ${from} to ${to} are in use` })
}
