import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Endpoint } from '@drayage/core/remotes/remote'
import { freePort } from './daemon.ts'
import { newSshKey } from './ssh-key.ts'
import { makeUser } from './system-user.ts'

/** A real OpenSSH server on 127.0.0.1. */
export type OpenSsh = AsyncDisposable & {
  /** Logs in with a key; run by root with a password as well: then both are asked for what they are worth, either is enough. */
  endpoint: Endpoint
  /** An empty folder of the user's, at the same path for sessions and for tests. */
  directory: string
  /** Ends all sessions; in new ones no byte can be written to a file, as if a quota were used up, or it can again. */
  allowWriting(allowed: boolean): Promise<void>
}

export type OpenSshOptions = {
  /** Makes a system user with a password, which only root can. */
  password?: true
  /** More lines for sshd_config. */
  settings?: string[]
  /** Told each line the server writes about what it does. */
  onLine?(line: string): void
}

const program = '/usr/sbin/sshd'
/**
 * Runs a program until our end of its standard input is closed, which also happens when this process is killed. A limit of
 * the system on the size of files is an error of the write, as it is on a full disk, and not the end of the program.
 */
const endsWithUs = 'trap "" XFSZ; exec 3<&0; "$@" & program=$!; (cat <&3 >/dev/null; kill $program 2>/dev/null) 2>/dev/null & wait $program'

/** Why OpenSSH cannot take part; undefined where it can. */
export function missingOpenSsh(): string | undefined {
  try {
    accessSync(program, constants.X_OK)
    return undefined
  } catch {
    return `there is no ${program}; install the package openssh-server`
  }
}

export async function startOpenSsh(options: OpenSshOptions = {}): Promise<OpenSsh> {
  const missing = missingOpenSsh()
  if (missing !== undefined) throw new Error(missing)
  const isRoot = userInfo().uid === 0
  const stack = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'drayage-openssh-'))
  stack.defer(() => rm(home, { recursive: true, force: true }))

  // As root log in as somebody else: nothing is forbidden to root.
  const { username, password } = options.password
    ? makeUser(stack)
    : { username: isRoot ? 'nobody' : userInfo().username, password: undefined }
  const hostKey = newSshKey('ed25519')
  const userKey = newSshKey('ed25519')
  const directory = join(home, 'files')
  await mkdir(directory)
  if (isRoot) {
    const [uid, gid] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, username], { encoding: 'utf8' })))
    await chown(directory, uid ?? 0, gid ?? 0)
    await mkdir('/run/sshd', { recursive: true })
  }
  await chmod(home, 0o711)
  await writeFile(join(home, 'host_key'), hostKey.private, { mode: 0o600 })
  await writeFile(join(home, 'authorized_keys'), userKey.public, { mode: 0o644 })
  const port = await freePort()
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${home}/host_key`,
    `PidFile ${home}/pid`,
    `AuthorizedKeysFile ${home}/authorized_keys`,
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'MaxStartups 1000',
    'MaxSessions 100',
    'ClientAliveInterval 10',
    'Subsystem sftp internal-sftp',
    ...(options.settings ?? []),
  ]
  await writeFile(join(home, 'sshd_config'), `${config.join('\n')}\n`)

  const sshd = spawn('sh', ['-c', endsWithUs, 'sh', program, '-D', '-e', '-f', join(home, 'sshd_config')], {
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  stack.defer(async () => {
    sshd.stdin.end()
    if (sshd.exitCode === null && sshd.signalCode === null) await once(sshd, 'exit')
  })
  const said: string[] = []
  const listening = new Promise<void>((resolve, reject) => {
    createInterface(sshd.stderr).on('line', (line) => {
      said.push(line)
      options.onLine?.(line)
      if (line.startsWith('Server listening')) resolve()
    })
    sshd.once('exit', () => reject(new Error(`sshd stopped: ${said.join('\n')}`)))
  })
  try {
    await listening
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }

  return {
    endpoint: {
      protocol: 'sftp',
      host: '127.0.0.1',
      port,
      username,
      password,
      privateKey: userKey.private,
      trustedHostKeys: [hostKey.fingerprint],
      tlsMode: 'explicit',
      transferMode: 'passive',
      algorithms: 'default',
    },
    directory,
    allowWriting: async (allowed) => {
      const daemon = Number(await readFile(join(home, 'pid'), 'utf8'))
      execFileSync('prlimit', ['--pid', String(daemon), `--fsize=${allowed ? 'unlimited' : '0'}:unlimited`])
      for (const session of await startedBy(daemon)) process.kill(session)
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Source: proc(5), the parent stands second after the name in brackets. */
async function startedBy(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  return pids.map(Number).filter((_, at) => Number(stats[at]?.split(') ')[1]?.split(' ')[1]) === parent)
}
