import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { startDaemon } from './daemon.ts'
import { findProgram, missingServer } from './debian.ts'
import { type Encryption, endpointOf, type FtpServer, newPassword, prepareGround } from './ftp-server.ts'

const program = { path: '/usr/sbin/pure-ftpd', package: 'pure-ftpd' }
const users = '/usr/bin/pure-pw'

export const missingPureFtpd = () => missingServer(program)

/** It speaks explicit TLS only. */
export async function startPureFtpd(
  options: { encryption?: Exclude<Encryption, 'implicit'>; flags?: readonly string[] } = {},
): Promise<FtpServer> {
  const { encryption, flags = [] } = options
  const ground = await prepareGround('pureftpd')
  const { stack, home, directory, port, certificate } = ground
  const user = { username: 'lotus', password: newPassword() }
  const [passwords, database] = [join(home, 'passwd'), join(home, 'users.pdb')]
  const made = ['useradd', user.username, '-f', passwords, '-u', 'nobody', '-g', 'nogroup', '-D', directory, '-m', '-F', database]
  execFileSync(findProgram(users) ?? users, made, { input: `${user.password}\n${user.password}\n`, stdio: 'pipe' })
  const args = [
    ...['-S', `127.0.0.1,${port}`, '-l', `puredb:${database}`, '-E', '-H', '-c', '200', '-C', '200', '-g', join(home, 'pid')],
    // Files that begin with a dot are listed without being asked for, as on other servers.
    '-D',
    ...['-Y', encryption === undefined ? '0' : '2'],
    ...(encryption === undefined ? [] : ['-2', certificate.both]),
    ...flags,
  ]
  await startDaemon(stack, { command: findProgram(program.path) ?? program.path, args, port })
  return { endpoint: endpointOf(ground, user, encryption), directory, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
