import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import ssh2, { type Algorithms, type AnyAuthMethod, type Attributes, type ConnectConfig, type ParsedKey, type SFTPWrapper } from 'ssh2'
import SftpClient from 'ssh2-sftp-client'
import type { Fault } from '../faults.ts'
import type { Egress } from './egress.ts'
import type { Endpoint, ObservedHostKey, RemoteLimits } from './remote.ts'
import { remoteFault } from './remote-faults.ts'
import { sshAlgorithms } from './ssh-algorithms.ts'
import { sshAnswers } from './ssh-answers.ts'
import { logInFault } from './ssh-faults.ts'
import { type ClientInside, onTinyPackets, type SftpInside, shareOffer } from './ssh-inside.ts'
import { logInOrder } from './ssh-log-in.ts'
import { sshPackets } from './ssh-packets.ts'
import { readPrivateKey } from './ssh-private-key.ts'
import { type SshReads, sshReads } from './ssh-reads.ts'

/**
 * A logged-in SSH connection with an SFTP channel, as promises: the only place that knows ssh2 and ssh2-sftp-client.
 * Requests reject with the server's status (an error with a numeric `code`) or with the fault that ended the session.
 */
export type SshSession = {
  hostKey: ObservedHostKey
  /** The most bytes the server answers or takes in one request. */
  readBytes: number
  writeBytes: number
  /** How much may be on its way to the server. */
  writeWindowBytes: number
  open(path: string, mode: 'r' | 'w'): Promise<Handle>
  close(handle: Handle): Promise<void>
  /** At most `bytes` bytes of the file; none at its end. */
  read(handle: Handle, offset: number, bytes: number): Promise<Buffer>
  /** What `read` gave is not needed any more: its memory is used for what comes. */
  giveBack(bytes: Buffer): void
  /** The bytes are taken when it returns, and confirmed when it resolves. */
  write(handle: Handle, offset: number, bytes: Buffer): Promise<void>
  /** Nothing is read or written now: lets go of the memory that is kept for it. */
  rest(): void
  openDirectory(path: string): Promise<Handle>
  /** Some more of its entries, without `.` and `..`; undefined at the end. */
  readDirectory(handle: Handle): Promise<DirectoryEntry[] | undefined>
  /** Follows links. */
  stat(path: string): Promise<FileAttributes>
  lstat(path: string): Promise<FileAttributes>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  makeDirectory(path: string): Promise<void>
  removeDirectory(path: string): Promise<void>
  /** Kills the session: every request, waiting and to come, rejects with the fault. */
  end(fault: Fault): void
  /** Says good-bye and closes; resolves within `closeMs`. */
  dispose(): Promise<void>
}
export type Handle = Buffer
export type FileAttributes = Partial<Pick<Attributes, 'mode' | 'size' | 'mtime'>>
export type DirectoryEntry = { filename: string; longname: string; attrs: FileAttributes }

export type OpenOptions = { endpoint: Endpoint; egress: Egress; limits: RemoteLimits; signal?: AbortSignal }

const endOfFile = 1
const mostBytes = 255 * 1024
const unused = Buffer.alloc(mostBytes)
/** How much the server may send before it has to wait for us. */
const windowBytes = 4 * 1024 * 1024

/** Faults: those of connecting and logging in; refused host keys come with `details.observedHostKey`. */
export async function openSshSession({ endpoint, egress, limits, signal }: OpenOptions): Promise<SshSession> {
  const { host, port } = endpoint
  const privateKey = endpoint.privateKey === undefined ? undefined : parsePrivateKey(endpoint.privateKey, endpoint.passphrase)
  const reads = sshReads()
  const socket = await egress.connect({ host, port, ms: limits.connectMs, signal, onread: reads.onread })
  reads.attach(socket)

  const silent = { error: () => {}, end: () => {}, close: () => {} }
  const client = new SftpClient('drayage', silent)
  const { ask, end } = requests(socket)
  client.on('close', () => end(remoteFault('remote.connection_lost')))
  onTinyPackets(client as unknown as ClientInside, () => end(remoteFault('remote.protocol_error')))

  let hostKey: ObservedHostKey | undefined
  const logIn = (): ConnectConfig => ({
    sock: socket,
    ident: 'Drayage',
    username: endpoint.username,
    authHandler: authenticate({ endpoint, privateKey, refuse: (details) => end(remoteFault('remote.login_refused', details)) }),
    hostVerifier: (key: Buffer) => {
      hostKey = observe(key, endpoint.trustedHostKeys)
      return hostKey.trusted
    },
    algorithms: sshAlgorithms[endpoint.algorithms] as Algorithms,
    readyTimeout: 0,
    // So that a half-open connection is noticed although nobody asks for anything, and firewalls see that it is in use. What
    // is asked for has its own time, so seldom is enough: thousands of sessions are idle.
    keepaliveInterval: limits.commandMs,
    keepaliveCountMax: 3,
  })

  const timer = setTimeout(() => end(logInFault({ late: true, greeting: reads.greeting() })), limits.loginMs)
  client.on('change password', () => end(remoteFault('remote.login_refused', { reason: 'the server wants the password changed' })))
  client.on('error', (error: Error) => end(logInFault({ error, hostKey, endpoint, greeting: reads.greeting() })))
  try {
    const sftp = await ask<SFTPWrapper>((done) => {
      client.connect(logIn()).then(
        (channel) => done(undefined, channel),
        (error) => done(logInFault({ error, hostKey, endpoint, greeting: reads.greeting() })),
      )
    })
    if (hostKey === undefined) throw new Error('logged in without seeing a host key')
    shareOffer(client as unknown as ClientInside, endpoint.algorithms)
    sftp.on('error', (cause: Error) => end(remoteFault('remote.protocol_error', { cause })))
    sftp.on('close', () => end(remoteFault('remote.connection_lost')))
    const dispose = async () => {
      const closed = new Promise((resolve) => socket.once('close', resolve))
      if (socket.closed) return
      client.end().catch(() => {})
      const late = setTimeout(() => socket.destroy(), limits.closeMs)
      await closed
      clearTimeout(late)
    }
    return { hostKey, ...requestsOf(sftp, { ask, reads, socket }), end, dispose }
  } catch (error) {
    end(remoteFault('remote.connection_lost'))
    throw error
  } finally {
    clearTimeout(timer)
  }
}

type Done<T> = (error: Error | null | undefined, value?: T) => void
type Ask = <T>(request: (done: Done<T>) => void) => Promise<T>

/** ssh2 forgets callbacks when a connection dies in the wrong moment; these are all answered, once. */
function requests(socket: Socket): { ask: Ask; end(fault: Fault): void } {
  const waiting = new Set<(fault: Fault) => void>()
  let ended: Fault | undefined
  let gathering = false
  /** What is asked for in one turn of the event loop goes out in one piece: each piece costs as much as encrypting some kilobytes. */
  const gather = () => {
    if (gathering) return
    gathering = true
    socket.cork()
    process.nextTick(() => {
      gathering = false
      socket.uncork()
    })
  }
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended)
        waiting.add(reject)
        gather()
        request((error, value) => {
          waiting.delete(reject)
          if (error) reject(error)
          else resolve(value as never)
        })
      }),
    end: (fault) => {
      if (ended !== undefined) return
      ended = fault
      socket.destroy()
      for (const reject of waiting) reject(fault)
      waiting.clear()
    },
  }
}

type Line = { ask: Ask; reads: SshReads; socket: Socket }

function requestsOf(sftp: SFTPWrapper, { ask, reads, socket }: Line): Omit<SshSession, 'hostKey' | 'end' | 'dispose'> {
  const inside = sftp as unknown as SftpInside
  const answers = sshAnswers(inside)
  const packets = sshPackets(inside, socket)
  // ssh2 leaves the server a window of 2 MiB and opens it again when half of that has come. At a distance of 50 ms that is
  // a third slower than OpenSSH; this is twice as fast.
  const letSend = () => {
    const bytes = windowBytes - inside.incoming.window
    if (bytes < windowBytes / 8) return
    inside.incoming.window += bytes
    inside._protocol.channelWindowAdjust(inside.outgoing.id, bytes)
  }
  // A handle lies in the memory it was read into.
  const keep = (done: Done<Handle>) => (error: Error | undefined, handle?: Handle) => done(error, handle && Buffer.from(handle))
  return {
    readBytes: Math.min(mostBytes, inside._maxReadLen),
    writeBytes: Math.min(mostBytes, inside._maxWriteLen),
    writeWindowBytes: inside.outgoing.window,
    open: (path, mode) => ask((done) => sftp.open(path, mode, keep(done))),
    close: (handle) => ask((done) => sftp.close(handle, done)),
    read: (handle, offset, bytes) =>
      ask((done) => {
        sftp.read(handle, unused, 0, bytes, offset, () => {})
        // ssh2 would copy the answer from the packet into a buffer of ours. Without one it hands out the packet, which
        // saves a quarter of the time and half of the garbage of a read.
        const request = inside._requests[inside._writeReqid]
        if (request === undefined) return
        request.buffer = undefined
        request.cb = (error, data = Buffer.alloc(0)) => {
          if (error) return isStatus(error, endOfFile) ? done(null, Buffer.alloc(0)) : done(error)
          if (data.length > bytes) return done(remoteFault('remote.protocol_error'))
          letSend()
          done(null, reads.isPassing(data) ? Buffer.from(data) : data)
        }
      }),
    giveBack: answers.giveBack,
    write: (handle, offset, bytes) =>
      ask((done) => {
        if (!packets.write({ handle, offset, bytes }, done)) sftp.write(handle, bytes, 0, bytes.length, offset, (error) => done(error))
      }),
    rest: () => {
      answers.rest()
      packets.rest()
      reads.rest()
    },
    openDirectory: (path) => ask((done) => sftp.opendir(path, keep(done))),
    readDirectory: (handle) =>
      ask((done) => sftp.readdir(handle, (error, entries) => (isStatus(error, endOfFile) ? done(null, undefined) : done(error, entries)))),
    stat: (path) => ask((done) => sftp.stat(path, done)),
    lstat: (path) => ask((done) => sftp.lstat(path, done)),
    rename: (from, to) => ask((done) => sftp.rename(from, to, done)),
    remove: (path) => ask((done) => sftp.unlink(path, done)),
    makeDirectory: (path) => ask((done) => sftp.mkdir(path, done)),
    removeDirectory: (path) => ask((done) => sftp.rmdir(path, done)),
  }
}

function isStatus(error: Error | undefined | null, code: number): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function parsePrivateKey(text: string, passphrase: string | undefined): ParsedKey {
  const [key] = [ssh2.utils.parseKey(readPrivateKey({ text, passphrase }), passphrase)].flat()
  if (key === undefined || key instanceof Error || !key.isPrivateKey())
    throw remoteFault('remote.key_unreadable', { reason: 'it is damaged, or its passphrase is missing or wrong', cause: key })
  return key
}

/** Source: RFC 4253 6.6, a key begins with the name of its type; OpenSSH for the form of a fingerprint. */
function observe(key: Buffer, trusted: readonly string[]): ObservedHostKey {
  const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')
  const fingerprint = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
  return { type, fingerprint, trusted: trusted.some((known) => known.replace(/=+$/, '') === fingerprint) }
}

function authenticate(options: {
  endpoint: Endpoint
  privateKey: ParsedKey | undefined
  refuse(details: { reason?: string; offered?: readonly string[] }): void
}): NonNullable<ConnectConfig['authHandler']> {
  const { privateKey, refuse } = options
  const { username, password } = options.endpoint
  const next = logInOrder({ hasKey: privateKey !== undefined, hasPassword: password !== undefined })
  let answered = false
  const methods: Record<string, () => AnyAuthMethod | undefined> = {
    none: () => ({ type: 'none', username }),
    publickey: () => privateKey && { type: 'publickey', username, key: privateKey },
    password: () => ({ type: 'password', username, password: password ?? '' }),
    'keyboard-interactive': () => ({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => {
        const asksForPassword = prompts.length === 1 && prompts[0]?.echo !== true && !answered
        if (!asksForPassword) return refuse({ reason: 'the server asks for more than a password' })
        answered = true
        finish([password ?? ''])
      },
    }),
  }
  return (offered: readonly string[] | null, _partial, use) => {
    const method = next(offered)
    const chosen = method && methods[method]?.()
    if (chosen === undefined) refuse({ offered: offered ?? [] })
    else use(chosen)
  }
}
