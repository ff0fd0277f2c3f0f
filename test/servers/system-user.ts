import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'

/** A user of the system with a password, gone when `stack` is. Only root can make one. */
export function makeUser(
  stack: AsyncDisposableStack,
  options: { home?: string } = {},
): { username: string; password: string; uid: number; gid: number } {
  const username = `drayage-${randomBytes(4).toString('hex')}`
  const password = ` ${randomBytes(6).toString('hex')}%"'\\é: `
  const home = options.home === undefined ? [] : ['--home-dir', options.home]
  execFileSync('useradd', ['--no-create-home', '--shell', '/usr/sbin/nologin', ...home, username])
  // Forced, because a session of the user's may not have ended quite yet.
  stack.defer(() => void execFileSync('userdel', ['--force', username], { stdio: 'ignore' }))
  execFileSync('chpasswd', { input: `${username}:${password}\n` })
  const [uid, gid] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, username], { encoding: 'utf8' }))) as [number, number]
  return { username, password, uid, gid }
}
