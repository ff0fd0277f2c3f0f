import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OpenSsh, startOpenSsh } from '@drayage/test/servers/openssh'

/** A real OpenSSH server on loopback, and how OpenSSH's own clients get in. */
export type SftpServer = OpenSsh & {
  /** For `ssh` and `sftp`: our key and nothing of the user's own configuration. */
  sshOptions: readonly string[]
}

export async function startSftpServer({ workDir }: { workDir: string }): Promise<SftpServer> {
  const server = await startOpenSsh()
  const key = join(workDir, 'key')
  await writeFile(key, server.endpoint.privateKey ?? '', { mode: 0o600 })
  const settings = ['IdentitiesOnly=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR']
  return { ...server, sshOptions: ['-F', '/dev/null', '-i', key, ...settings.flatMap((setting) => ['-o', setting])] }
}
