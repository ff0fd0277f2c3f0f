import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OpenSsh, startOpenSsh } from '@drayage/test/servers/openssh'
import { runProgram } from './run-program.ts'

/** A real OpenSSH server on loopback, and how OpenSSH's own clients get in. */
export type SftpServer = OpenSsh & {
  /** For `ssh` and `sftp`: our key and nothing of the user's own configuration. */
  sshOptions: readonly string[]
  /** Our private key, in a file. */
  keyFile: string
}

export async function startSftpServer({ workDir }: { workDir: string }): Promise<SftpServer> {
  const server = await startOpenSsh()
  const key = join(workDir, 'key')
  await writeFile(key, server.endpoint.privateKey ?? '', { mode: 0o600 })
  const settings = ['IdentitiesOnly=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR']
  return { ...server, keyFile: key, sshOptions: ['-F', '/dev/null', '-i', key, ...settings.flatMap((setting) => ['-o', setting])] }
}

/** Has OpenSSH's own client log in and do one thing, such as `get "/there" "/here"`. @returns seconds, log-in included */
export async function sftp(server: SftpServer, task: { command: string; signal: AbortSignal }): Promise<number> {
  const { host, port, username } = server.endpoint
  const args = ['-q', '-b', '-', ...server.sshOptions, '-P', String(port), `${username}@${host}`]
  const { seconds } = await runProgram({ command: 'sftp', args, input: `${task.command}\n`, signal: task.signal })
  return seconds
}
