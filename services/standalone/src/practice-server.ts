import { createHash, timingSafeEqual } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { freePort } from '@drayage/db/embedded'
import ssh2 from 'ssh2'
import { keptFile } from './kept-file.ts'
import { serveFolder } from './serve-folder.ts'

export type PracticeServer = AsyncDisposable & { port: number; fingerprint: string }

/**
 * An SFTP server on 127.0.0.1 over a real folder, for one user: where a newcomer plays the customer.
 *
 * @param options.hostKeyFile made on first use, so that the server stays the same one
 * @param options.port taken if free, else a free one
 */
export async function startPracticeServer(options: {
  root: string
  hostKeyFile: string
  username: string
  password: string
  port: number
}): Promise<PracticeServer> {
  await mkdir(options.root, { recursive: true })
  const hostKey = await keptFile(options.hostKeyFile, generateHostKey)
  const connections = new Set<ssh2.Connection>()
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    connections.add(connection)
    connection.on('close', () => connections.delete(connection))
    connection.on('error', () => connection.end())
    connection.on('authentication', (attempt) => {
      const known = attempt.method === 'password' && attempt.username === options.username && same(attempt.password, options.password)
      known ? attempt.accept() : attempt.reject(['password'])
    })
    connection.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => serveFolder(acceptSftp(), options.root))
    })
  })
  const port = await freePort(options.port)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    fingerprint: fingerprintOf(hostKey),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const connection of connections) connection.end()
      }),
  }
}

/** One in some 250 keys that ssh2 makes it cannot read itself. */
function generateHostKey(): string {
  for (;;) {
    const { private: key } = ssh2.utils.generateKeyPairSync('ed25519')
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key
  }
}

function fingerprintOf(hostKey: string): string {
  const parsed = ssh2.utils.parseKey(hostKey)
  if (parsed instanceof Error) throw parsed
  return `SHA256:${createHash('sha256').update(parsed.getPublicSSH()).digest('base64').replace(/=+$/, '')}`
}

function same(given: string, wanted: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(wanted))
}
