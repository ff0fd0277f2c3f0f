import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Endpoint } from '@drayage/core/remotes/remote'
import { freePort } from './daemon.ts'

/** A real FTP server on 127.0.0.1. */
export type FtpServer = AsyncDisposable & {
  /** Logs in with a password; what encrypts is trusted. */
  endpoint: Endpoint
  /** An empty folder of the user's, at the same path for sessions and for tests. */
  directory: string
}

/** How log-in and data are encrypted; undefined for not at all. */
export type Encryption = 'explicit' | 'implicit' | undefined

/** What every FTP server needs: a folder, a user's folder, a port, a certificate. */
export type Ground = {
  stack: AsyncDisposableStack
  home: string
  directory: string
  port: number
  /** PEM files: the certificate, its key, and both in one. */
  certificate: { file: string; keyFile: string; both: string; pem: string }
}

const nobody = 65_534
const nogroup = 65_534

export async function prepareGround(name: string, options: { owner?: { uid: number; gid: number } } = {}): Promise<Ground> {
  const { uid, gid } = options.owner ?? { uid: nobody, gid: nogroup }
  const stack = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), `drayage-${name}-`))
  stack.defer(() => rm(home, { recursive: true, force: true }))
  await chmod(home, 0o711)
  const directory = join(home, 'files')
  await mkdir(directory)
  await chown(directory, uid, gid)
  return { stack, home, directory, port: await freePort(), certificate: await makeCertificate(home) }
}

async function makeCertificate(home: string): Promise<Ground['certificate']> {
  const [file, keyFile, both] = ['certificate.pem', 'key.pem', 'both.pem'].map((name) => join(home, name)) as [string, string, string]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30']
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', keyFile, '-out', file], { stdio: 'pipe' })
  const [key, pem] = [await readFile(keyFile, 'utf8'), await readFile(file, 'utf8')]
  await writeFile(both, key + pem, { mode: 0o600 })
  return { file, keyFile, both, pem }
}

export function endpointOf({ port, certificate }: Ground, user: { username: string; password: string }, encryption: Encryption): Endpoint {
  return {
    protocol: encryption === undefined ? 'ftp' : 'ftps',
    host: '127.0.0.1',
    port,
    ...user,
    trustedHostKeys: [],
    ...(encryption !== undefined && { trustedCertificate: certificate.pem }),
    tlsMode: encryption ?? 'explicit',
    transferMode: 'passive',
    algorithms: 'default',
  }
}

export function newPassword(): string {
  return ` ${randomBytes(6).toString('hex')}%"'\\: `
}
