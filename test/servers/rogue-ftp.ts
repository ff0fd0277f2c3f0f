import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { Endpoint } from '@drayage/core/remotes/remote'

/** One command, and what a server can do with it. */
export type FtpCall = {
  verb: string
  argument: string
  /** Sends these characters on the control connection as they are. */
  raw(text: string): void
  /** Sends one line. */
  say(line: string): void
  /** The data connection that the client was told of or told us of. */
  data(): Promise<Socket>
  /** Goes on encrypted. */
  encrypt(): void
  /** Resets the control connection. */
  cut(): void
  /** What the server does when it behaves. */
  behave(): void | Promise<void>
}

export type FtpBehaviour = {
  /** Sent on each connection in place of the greeting, as it is; nothing for a server that says nothing. */
  banner?: string
  /** The banner comes a byte at a time. */
  bannerMsPerByte?: number
  /** What it does in place of the usual at these commands. */
  on?: { [verb: string]: (call: FtpCall) => unknown }
  /** Lines of FEAT; none for a server without it. */
  features?: readonly string[]
  /** Lines of every listing. */
  lines?: readonly string[]
  /** Which certificate it shows; the first where not said. */
  certificate?: CertificateName
  dataCertificate?: CertificateName
  /** The address in its answer to PASV, with commas; its own where not said. */
  passiveAddress?: string
}

export type CertificateName = 'good' | 'other' | 'wrong name' | 'expired'
type Certificate = { key: string; cert: string }

/** An FTP server on 127.0.0.1 that misbehaves on command. Its only directory is `/base`, its files are in memory. */
export type RogueFtp = AsyncDisposable & {
  endpoint: Endpoint & { password: string }
  behaviour: FtpBehaviour
  files: Map<string, Buffer>
  certificates: { [name in CertificateName]: string }
  /** All that clients sent on control connections once that was readable, oldest first. */
  commands: string[]
  /** How many sockets are open. */
  openConnections(): number
  dropConnections(): void
}

export async function startRogueFtp(): Promise<RogueFtp> {
  const certificates = makeCertificates()
  const sockets = new Set<Socket>()
  const keep = <T extends Socket>(socket: T): T => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    return socket
  }
  const encrypt = (socket: Socket, name: CertificateName = 'good') => {
    const encrypted = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(certificates[name]) })
    for (const event of ['end', 'error', 'close']) encrypted.on(event, () => socket.destroy())
    return encrypted
  }

  const server = createServer({ noDelay: true }, (raw) => serve(keep(raw)))

  function serve(raw: Socket): void {
    let control: Socket = raw
    let isPrivate = false
    let prepared: () => Promise<Socket> = () => Promise.reject(new Error('no data connection was prepared'))
    let renaming = ''
    const say = (line: string) => void control.write(`${line}\r\n`)

    const goPrivate = () => {
      raw.removeAllListeners('data')
      control = encrypt(raw, rogue.behaviour.certificate)
      listen()
    }

    const passive = async (): Promise<number> => {
      const listener = createServer({ noDelay: true })
      listener.listen(0, '127.0.0.1')
      await once(listener, 'listening')
      const arrived = once(listener, 'connection').then(([socket]) => keep(socket as Socket))
      const end = () => void listener.close()
      arrived.then(end)
      raw.once('close', end)
      prepared = () => arrived
      return (listener.address() as AddressInfo).port
    }
    const dataConnection = async () => {
      const socket = await prepared()
      return isPrivate ? encrypt(socket, rogue.behaviour.dataCertificate ?? rogue.behaviour.certificate) : socket
    }
    const send = async (bytes: Buffer | string) => {
      say('150 here it comes')
      const socket = await dataConnection()
      socket.resume().end(bytes)
      await once(socket, 'close')
      say('226 done')
    }

    const usual: { [verb: string]: (argument: string) => void | Promise<void> } = {
      AUTH: () => {
        say('234 go ahead')
        goPrivate()
      },
      USER: () => say('331 password?'),
      PASS: (password) => say(password === rogue.endpoint.password ? '230 welcome' : '530 wrong'),
      FEAT: () => {
        const { features = ['MLST type*;size*;modify*;', 'UTF8'] } = rogue.behaviour
        if (features.length === 0) return say('500 what?')
        for (const line of ['211-features', ...features.map((feature) => ` ${feature}`), '211 end']) say(line)
      },
      PBSZ: () => say('200 0'),
      PROT: () => {
        isPrivate = true
        say('200 private')
      },
      EPSV: async () => say(`229 extended (|||${await passive()}|)`),
      PASV: async () => {
        const port = await passive()
        say(`227 passive (${rogue.behaviour.passiveAddress ?? '127,0,0,1'},${port >> 8},${port & 255})`)
      },
      PORT: (argument) => {
        const numbers = argument.split(',').map(Number)
        const port = (numbers[4] ?? 0) * 256 + (numbers[5] ?? 0)
        prepared = async () => keep(connect({ host: '127.0.0.1', port }))
        say('200 noted')
      },
      CWD: (path) => say(path === '/base' ? '250 here' : '550 no such directory'),
      MLSD: () => send(listing()),
      LIST: () => send(listing()),
      MLST: (path) => {
        const bytes = rogue.files.get(path)
        if (bytes === undefined && path !== '/base') return say('550 no such file')
        const facts = bytes === undefined ? 'type=dir;' : `type=file;size=${bytes.length};modify=20261126101112;`
        for (const line of ['250-facts', ` ${facts} ${path}`, '250 end']) say(line)
      },
      RETR: (path) => {
        const bytes = rogue.files.get(path)
        return bytes === undefined ? say('550 no such file') : send(bytes)
      },
      STOR: async (path) => {
        say('150 send it')
        const pieces: Buffer[] = await Array.fromAsync((await dataConnection()) as AsyncIterable<Buffer>)
        rogue.files.set(path, Buffer.concat(pieces))
        say('226 stored')
      },
      DELE: (path) => say(rogue.files.delete(path) ? '250 gone' : '550 no such file'),
      RNFR: (path) => {
        renaming = path
        say(rogue.files.has(path) ? '350 to?' : '550 no such file')
      },
      RNTO: (path) => {
        const bytes = rogue.files.get(renaming) ?? Buffer.alloc(0)
        rogue.files.delete(renaming)
        rogue.files.set(path, bytes)
        say('250 renamed')
      },
      QUIT: () => {
        say('221 bye')
        control.end()
      },
    }

    function listing(): string {
      const { lines = [...rogue.files].map(([path, bytes]) => `type=file;size=${bytes.length}; ${path.slice('/base/'.length)}`) } =
        rogue.behaviour
      return lines.map((line) => `${line}\r\n`).join('')
    }

    function obey(line: string): void {
      // What begins a handshake is no command.
      if (!/^[A-Z]{3,4}( |$)/.test(line)) return
      rogue.commands.push(line)
      const [verb = '', ...words] = line.split(' ')
      const argument = words.join(' ')
      const behave = () => (usual[verb] ?? (() => say('200 as you like')))(argument)
      const call: FtpCall = {
        verb,
        argument,
        raw: (text) => void control.write(text),
        say,
        data: dataConnection,
        encrypt: goPrivate,
        cut: () => raw.resetAndDestroy(),
        behave,
      }
      // A client that leaves meanwhile is nobody's mistake.
      Promise.resolve((rogue.behaviour.on?.[verb] ?? behave)(call)).catch(() => {})
    }

    function listen(): void {
      let unread = ''
      control.on('data', (bytes) => {
        const lines = (unread + bytes).split('\r\n')
        unread = lines.pop() ?? ''
        for (const line of lines) obey(line)
      })
    }

    listen()
    greet(raw)
  }

  function greet(socket: Socket): void {
    const { banner = '220 ready\r\n', bannerMsPerByte } = rogue.behaviour
    if (bannerMsPerByte === undefined) return void socket.write(banner)
    let at = 0
    const timer = setInterval(() => (at < banner.length ? socket.write(banner.charAt(at++)) : clearInterval(timer)), bannerMsPerByte)
    socket.once('close', () => clearInterval(timer))
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pems = Object.entries(certificates).map(([name, { cert }]) => [name, cert])
  const rogue: RogueFtp = {
    endpoint: {
      protocol: 'ftp',
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      username: 'customer',
      password: ' pass%word" ',
      trustedHostKeys: [],
      tlsMode: 'explicit',
      transferMode: 'passive',
      algorithms: 'default',
    },
    behaviour: {},
    files: new Map(),
    certificates: Object.fromEntries(pems),
    commands: [],
    openConnections: () => sockets.size,
    dropConnections: () => {
      for (const socket of sockets) socket.destroy()
      sockets.clear()
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return rogue
}

export function makeCertificates(): { [name in CertificateName]: Certificate } {
  const home = mkdtempSync(join(tmpdir(), 'drayage-rogue-ftp-'))
  const [key, request, extensions] = ['key.pem', 'request.pem', 'extensions'].map((name) => join(home, name)) as [string, string, string]
  const run = (...options: string[]) => execFileSync('openssl', options, { stdio: 'pipe', encoding: 'utf8' })
  const make = (host: string, days: number): Certificate => {
    const names = `subjectAltName=${host === 'localhost' ? 'DNS:localhost,IP:127.0.0.1' : `DNS:${host}`}`
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${host}`]
    run('req', '-new', ...kind, '-addext', names, '-keyout', key, '-out', request)
    writeFileSync(extensions, names)
    const cert = run('x509', '-req', '-in', request, '-signkey', key, '-days', String(days), '-extfile', extensions)
    return { key: readFileSync(key, 'utf8'), cert }
  }
  try {
    return {
      good: make('localhost', 30),
      other: make('localhost', 30),
      'wrong name': make('elsewhere.example', 30),
      expired: make('localhost', -1),
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
