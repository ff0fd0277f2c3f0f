import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Endpoint } from '@drayage/core/remotes/remote'
import ssh2, { type Algorithms, type AuthContext, type Connection, type Prompt } from 'ssh2'
import { type RogueFiles, type SftpBehaviour, serveSftp } from './rogue-sftp.ts'
import { newSshKey } from './ssh-key.ts'

/** What the server does wrong, from the next connection or request on. Nothing given: it behaves. */
export type Behaviour = SftpBehaviour & {
  /** In place of speaking SSH it sends this, and then waits; nothing for a server that never says a word. */
  instead?: string
  /** Said before it says who it is. */
  greeting?: string
  /** Which of its host keys it shows on each connection; the first if not said. */
  hostKey?: (connection: number) => number
  algorithms?: Algorithms
  ident?: string
  /** How one gets in; `password` if not said. */
  logIn?: 'password' | 'publickey' | 'publickey then password' | 'keyboard-interactive' | 'password change' | 'stall'
  prompts?: Prompt[]
  refuseSftp?: 'subsystem' | 'session'
  /** The largest packet it says it takes in a channel, in bytes. */
  packetBytes?: number
}

/** An SSH server on 127.0.0.1 that misbehaves on command, over files in memory. */
export type RogueSsh = AsyncDisposable & {
  /** Logs in with its password; carries no key. */
  endpoint: Endpoint & { password: string }
  /** A private key the server accepts, in OpenSSH form. */
  userKey: string
  /** Of its host keys, the first of them trusted by `endpoint`. */
  fingerprints: string[]
  behaviour: Behaviour
  files: RogueFiles
  /** What clients did: the ways they tried to log in with what they sent, and their requests, oldest first. */
  logIns: { method: string; password?: string }[]
  requests: { operation: string; path: string }[]
  openConnections(): number
}

export async function startRogueSsh(behaviour: Behaviour = {}): Promise<RogueSsh> {
  const hostKeys = [newSshKey('ed25519'), newSshKey('ed25519'), newSshKey('rsa')]
  const userKey = newSshKey('ed25519')
  const sockets = new Set<Socket>()
  let connections = 0

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    const { instead, greeting, hostKey, algorithms, ident } = rogue.behaviour
    if (instead !== undefined) return void socket.resume().write(instead)
    const shown = hostKeys[hostKey?.(connections++) ?? 0]
    const ssh = new ssh2.Server({ hostKeys: [shown?.private ?? ''], greeting, algorithms, ident }, (connection) =>
      serve(connection, socket),
    )
    ssh.injectSocket(socket)
  })

  function serve(connection: Connection, socket: Socket): void {
    connection.on('error', () => {})
    const { _protocol: protocol } = connection as unknown as Inside
    const confirm = protocol.channelOpenConfirm.bind(protocol)
    protocol.channelOpenConfirm = (remote, local, window, packetBytes) =>
      confirm(remote, local, window, rogue.behaviour.packetBytes ?? packetBytes)
    const decide = gate(rogue)
    connection.on('authentication', (attempt) => {
      if (attempt.method !== 'none')
        rogue.logIns.push({ method: attempt.method, ...('password' in attempt && { password: attempt.password }) })
      decide(attempt)
    })
    connection.on('session', (accept, reject) => {
      if (rogue.behaviour.refuseSftp === 'session') return reject()
      accept().on('sftp', (acceptSftp, rejectSftp) => {
        if (rogue.behaviour.refuseSftp === 'subsystem') return rejectSftp()
        serveSftp(acceptSftp(), {
          behaviour: () => rogue.behaviour,
          files: rogue.files,
          requests: rogue.requests,
          cut: () => socket.resetAndDestroy(),
        })
      })
    })
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const fingerprints = hostKeys.map((key) => key.fingerprint)
  const rogue: RogueSsh = {
    endpoint: {
      protocol: 'sftp',
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      username: 'erp',
      password: 'pass word%"é',
      trustedHostKeys: fingerprints.slice(0, 1),
      tlsMode: 'explicit',
      transferMode: 'passive',
      algorithms: 'default',
    },
    userKey: userKey.private,
    fingerprints,
    behaviour,
    files: new Map([['/base', 'directory']]),
    logIns: [],
    requests: [],
    openConnections: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return rogue
}

/** What ssh2 has no setting for. */
type Inside = { _protocol: { channelOpenConfirm(remote: number, local: number, window: number, packetBytes: number): void } }

/** Keys are accepted as they come: what matters here is in which order they do. */
function gate({ behaviour, endpoint }: RogueSsh): (attempt: AuthContext) => void {
  const way = behaviour.logIn ?? 'password'
  let keyAccepted = false
  return (attempt) => {
    const answers: Record<NonNullable<Behaviour['logIn']>, () => void> = {
      stall: () => {},
      publickey: () => (attempt.method === 'publickey' ? attempt.accept() : attempt.reject(['publickey'])),
      password: () => (isRight() ? attempt.accept() : attempt.reject(['publickey', 'password', 'keyboard-interactive'])),
      'publickey then password': () => {
        if (attempt.method === 'publickey' && attempt.signature === undefined) return attempt.accept()
        if (attempt.method === 'publickey') keyAccepted = true
        if (keyAccepted && isRight()) attempt.accept()
        else attempt.reject([keyAccepted ? 'password' : 'publickey'], keyAccepted)
      },
      'keyboard-interactive': () => {
        if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive'])
        attempt.prompt(behaviour.prompts ?? [{ prompt: 'Password: ', echo: false }], (given) => {
          if (given.length === 1 && given[0] === endpoint.password) attempt.accept()
          else attempt.reject(['keyboard-interactive'])
        })
      },
      'password change': () => {
        if (attempt.method === 'password') attempt.requestChange('Your password has expired', () => attempt.reject())
        else attempt.reject(['password'])
      },
    }
    const isRight = () => attempt.method === 'password' && attempt.password === endpoint.password
    answers[way]()
  }
}
