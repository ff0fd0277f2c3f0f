import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { asFault, type Fault } from '../faults.ts'
import { turnstile } from '../turnstile.ts'
import { type FtpControl, type FtpReply, mustBeOneLine, openFtpControl, replyOf } from './ftp-control.ts'
import { activeWays, type DataWay, passiveWays } from './ftp-data.ts'
import { logInFault } from './ftp-faults.ts'
import type { FtpTls } from './ftp-tls.ts'
import type { OpenRemoteOptions } from './open-remote.ts'
import type { ObservedCertificate } from './remote.ts'
import { remoteFault } from './remote-faults.ts'

/** A logged-in FTP session. One thing at a time: who comes meanwhile waits. */
export type FtpSession = {
  certificate?: ObservedCertificate
  /** What the server says it can do beyond RFC 959, in capitals: `MLST`, `UTF8`. */
  features: ReadonlySet<string>
  /** Waits until nobody else is at it; disposing what is returned lets the next one in. */
  enter(): Promise<Disposable>
  ask: FtpControl['ask']
  /** Sends a command and gives the connection that its data goes over, which the caller ends. */
  open(command: string): Promise<Transfer>
  /** Ends the session at once; whatever is waited for is answered with this fault. */
  end(fault: Fault): void
  dispose(): Promise<void>
}

/** Data on its way. */
export type Transfer = {
  data: Socket
  /** What the server says when all is done; a refusal where it is not. */
  done(): Promise<FtpReply>
  /** Breaks it off. What the server says to that is heard, or it would answer the next command; of one that says nothing the session ends. */
  abandon(): Promise<void>
}

/** Connects and logs in. Faults: those of the egress guard, of TLS, and of a log-in that is refused. */
export async function openFtpSession(options: OpenRemoteOptions & { tls?: FtpTls }): Promise<FtpSession> {
  const { endpoint, egress, limits, active, tls } = options
  const { host, port, tlsMode, transferMode } = endpoint
  const ending = followed(options.signal)
  const { signal } = ending
  const socket = await egress.connect({ host, port, ms: limits.connectMs, signal }).catch((error: unknown) => {
    ending.forget()
    throw error
  })
  const address = socket.remoteAddress ?? ''
  const logInUntil = performance.now() + limits.loginMs
  const left = () => Math.max(1, logInUntil - performance.now())
  const timeUp = setTimeout(() => socket.destroy(), limits.loginMs)
  let control: FtpControl | undefined
  try {
    const first = tls !== undefined && tlsMode === 'implicit' ? await tls.control(socket) : socket
    control = openFtpControl(first, limits)
    await logIn(control, { options, tls, socket, left })
    const features = await featuresOf(control)
    await settle(control, { features, encrypted: tls !== undefined })
    const way = { control, address, ms: limits.connectMs, signal }
    const ways = transferMode === 'active' ? activeWays({ ...way, active }) : passiveWays({ ...way, egress })
    return sessionOn(control, { socket, tls, features, ways, limits, forget: ending.forget })
  } catch (error) {
    ending.forget()
    const ended = control?.ended()
    control?.dispose()
    socket.destroy()
    const late = performance.now() >= logInUntil
    throw late ? remoteFault('remote.timed_out', { cause: error }) : (ended ?? error)
  } finally {
    clearTimeout(timeUp)
  }
}

type LogIn = { options: OpenRemoteOptions; tls: FtpTls | undefined; socket: Socket; left(): number }

async function logIn(control: FtpControl, { options, tls, socket, left }: LogIn): Promise<void> {
  const { username, password = '', tlsMode } = options.endpoint
  const ask = (command?: string) => control.ask(command, { ms: left() })
  try {
    await ask()
    if (tls !== undefined && tlsMode === 'explicit') {
      await ask('AUTH TLS').catch((error: unknown) => {
        throw replyOf(error) === undefined ? error : remoteFault('remote.tls_refused', { server: replyOf(error)?.text, cause: error })
      })
      control.use(await tls.control(socket))
    }
    let reply = await ask(`USER ${username}`)
    if (reply.code === 331) reply = await ask(`PASS ${password}`)
    if (reply.code >= 300)
      throw remoteFault('remote.login_refused', { server: reply.text, reason: 'the server asks for more than a password' })
  } catch (error) {
    throw logInFault(error)
  }
}

/** RFC 2389. A server without it has none. */
async function featuresOf(control: FtpControl): Promise<ReadonlySet<string>> {
  const reply = await control.ask('FEAT').catch(unlessRefused)
  const lines = reply?.text.split('\n').slice(1, -1) ?? []
  return new Set(lines.map((line) => line.trim().split(' ', 1)[0]?.toUpperCase() ?? ''))
}

/** Bytes as they are, names in UTF-8, and data as encrypted as the log-in was. */
async function settle(control: FtpControl, { features, encrypted }: { features: ReadonlySet<string>; encrypted: boolean }): Promise<void> {
  if (features.has('UTF8')) await control.ask('OPTS UTF8 ON').catch(unlessRefused)
  await control.ask('TYPE I')
  if (!encrypted) return
  await control.ask('PBSZ 0').catch(unlessRefused)
  await control.ask('PROT P').catch((error: unknown) => {
    const reply = replyOf(error)
    throw reply === undefined ? error : remoteFault('remote.tls_refused', { server: reply.text, cause: error })
  })
}

function unlessRefused(error: unknown): undefined {
  if (replyOf(error) === undefined) throw error
}

type Parts = {
  socket: Socket
  tls: FtpTls | undefined
  features: ReadonlySet<string>
  ways(): Promise<DataWay>
  limits: OpenRemoteOptions['limits']
  forget(): void
}

function sessionOn(control: FtpControl, { socket, tls, features, ways, limits, forget }: Parts): FtpSession {
  const turns = turnstile({ places: 1 })
  let data: Socket | undefined
  // So that a line that was cut somewhere is noticed although nobody asks for anything.
  socket.setKeepAlive(true, limits.commandMs)
  const end = (fault: Fault) => {
    control.end(fault)
    data?.destroy(fault)
  }
  return {
    certificate: tls?.certificate(),
    features,
    enter: turns.enter,
    ask: control.ask,
    open: async (command) => {
      mustBeOneLine(command)
      const way = await ways()
      const connected = way.connected()
      const { begun, ended } = control.transfer(command)
      ended.catch(() => {})
      const timer = setTimeout(() => end(remoteFault('remote.timed_out')), limits.connectMs + limits.commandMs)
      try {
        // Some servers wait for the connection before they say that they begin, others say so first.
        const [raw] = await Promise.all([connected.catch((fault: unknown) => refusedInstead(ended, fault, limits.closeMs)), begun])
        // Whoever gives up meanwhile ends the handshake with it.
        data = raw
        if (tls !== undefined) data = await tls.data(raw)
        data.on('error', () => {})
        const socket = data
        return {
          data,
          done: () => inTime(ended, end, limits.commandMs),
          abandon: async () => {
            socket.destroy()
            await inTime(ended, end, limits.closeMs).catch(() => {})
          },
        }
      } catch (error) {
        way[Symbol.dispose]()
        // Refused it was, and the session goes on; of everything else nobody knows how far it came.
        if (replyOf(error) === undefined) end(asFault(error) ?? remoteFault('remote.data_connection_failed', { cause: error }))
        throw replyOf(error) === undefined ? control.ended() : error
      } finally {
        clearTimeout(timer)
      }
    },
    end,
    dispose: async () => {
      forget()
      data?.destroy()
      control.dispose()
      // Only now: basic-ftp takes all listeners off a socket that it closes.
      if (socket.closed) return
      const closed = new Promise((resolve) => socket.once('close', resolve))
      const late = setTimeout(() => socket.destroy(), limits.closeMs)
      await closed
      clearTimeout(late)
    },
  }
}

/** A signal of one's own that follows another one until it is forgotten, whatever becomes of the listeners of sockets. */
function followed(signal: AbortSignal | undefined): { signal: AbortSignal; forget(): void } {
  const own = new AbortController()
  const follow = () => own.abort(signal?.reason)
  signal?.addEventListener('abort', follow)
  if (signal?.aborted) follow()
  return { signal: own.signal, forget: () => signal?.removeEventListener('abort', follow) }
}

/** A server that refuses a command breaks its data connection off, which may be noticed before it says so. */
async function refusedInstead(ended: Promise<FtpReply>, fault: unknown, ms: number): Promise<never> {
  const late = new AbortController()
  await Promise.race([ended, pause(ms, undefined, { signal: late.signal })]).finally(() => late.abort())
  throw fault
}

async function inTime<T>(answer: Promise<T>, end: (fault: Fault) => void, ms: number): Promise<T> {
  const timer = setTimeout(() => end(remoteFault('remote.timed_out')), ms)
  try {
    return await answer
  } finally {
    clearTimeout(timer)
  }
}
