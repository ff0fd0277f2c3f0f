import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import ssh2, { type Connection, type SFTPWrapper } from 'ssh2'
import type { Look, ManySshReady } from './many-ssh.ts'
import { newSshKey } from './ssh-key.ts'

/** The process of `startManySsh`: ends with the one that started it. */
const status = { ok: 0, endOfFile: 1, unsupported: 8 }
const password = 'open sesame'
const hostKey = newSshKey('ed25519')
let looks: Look[] = []

const servers = Array.from({ length: Number(process.argv[2]) }, () => new ssh2.Server({ hostKeys: [hostKey.private] }, serve))
for (const server of servers) server.listen(0, '127.0.0.1')
await Promise.all(servers.map((server) => once(server, 'listening')))
process.on('message', () => {
  process.send?.(looks)
  looks = []
})
process.once('disconnect', () => process.exit(0))
const ready: ManySshReady = {
  ports: servers.map((server) => (server.address() as AddressInfo).port),
  fingerprint: hostKey.fingerprint,
  password,
}
process.send?.(ready)

function serve(connection: Connection): void {
  let username = ''
  connection.on('error', () => {})
  connection.on('authentication', (attempt) => {
    username = attempt.username
    if (attempt.method === 'password' && attempt.password === password) attempt.accept()
    else attempt.reject(['password'])
  })
  connection.on('session', (accept) => {
    accept().on('sftp', (acceptSftp) => serveEmptiness(acceptSftp(), () => looks.push({ username, at: Date.now() })))
  })
}

function serveEmptiness(sftp: SFTPWrapper, onLook: () => void): void {
  const handle = Buffer.alloc(4)
  const directory = { mode: 0o040755, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 }
  sftp.on('error', () => {})
  sftp.on('OPENDIR', (id) => {
    onLook()
    sftp.handle(id, handle)
  })
  sftp.on('READDIR', (id) => sftp.status(id, status.endOfFile))
  sftp.on('CLOSE', (id) => sftp.status(id, status.ok))
  sftp.on('STAT', (id) => sftp.attrs(id, directory))
  sftp.on('LSTAT', (id) => sftp.attrs(id, directory))
}
