import { rm, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { workerFlags } from '@drayage/worker/node-flags'
import type { Readings, Setting, Side } from '../bench.ts'
import { programs } from '../programs.ts'
import { profileFlags, runProgram } from '../run-program.ts'
import { type SftpServer, sftp } from '../sftp-server.ts'
import type { Carriage } from './carry-file.ts'
import { sha256Of } from './random-file.ts'

/** One file and where it is to go: from the server to a local file, or back. */
export type Task<Server = SftpServer> = {
  direction: 'read' | 'write'
  server: Server
  /** Absolute, on the server, which keeps its files on this machine. */
  remotePath: string
  localPath: string
  bytes: number
  sha256: string
  setting: Setting
}

const carryFile = fileURLToPath(new URL('carry-file.ts', import.meta.url))

export function ours(task: Task<Pick<SftpServer, 'endpoint'>>): Side {
  const { direction, server, remotePath, localPath, setting } = task
  const carriage: Carriage = { direction, endpoint: server.endpoint, remotePath, localPath }
  const args = [...workerFlags, ...profileFlags(setting.profileDir, `transfer-${server.endpoint.protocol}-${direction}`), carryFile]
  return side(task, 'drayage', async () => {
    const { stdout } = await runProgram({ command: process.execPath, args, input: JSON.stringify(carriage), signal: setting.signal })
    const { seconds }: { seconds: number } = JSON.parse(stdout)
    return seconds
  })
}

export function openSsh(task: Task): Side {
  const { direction, server, remotePath, localPath, setting } = task
  const [verb, from, to] = direction === 'read' ? ['get', remotePath, localPath] : ['put', localPath, remotePath]
  const carry = () => sftp(server, { command: `${verb} "${from}" "${to}"`, signal: setting.signal })
  return { ...side(task, `sftp ${verb}`, carry), needs: [programs.sftp] }
}

export function lftp(task: Task): Side {
  const { direction, server, remotePath, localPath, setting } = task
  const { host, port, username } = server.endpoint
  const move = direction === 'read' ? `get "${remotePath}" -o "${localPath}"` : `put "${localPath}" -o "${remotePath}"`
  const script = [
    'set cmd:fail-exit yes',
    'set net:max-retries 1',
    `set sftp:connect-program "ssh -a -x ${server.sshOptions.join(' ')}"`,
    `open -u ${username},none sftp://${host}:${port}`,
    move,
    'bye',
  ]
  return {
    ...side(task, 'lftp', async () => {
      const args = ['--norc', '-c', script.join('; ')]
      const { seconds } = await runProgram({ command: 'lftp', args, signal: setting.signal })
      return seconds
    }),
    needs: [programs.lftp],
  }
}

export function curl(task: Task): Side {
  const { direction, server, remotePath, localPath, setting } = task
  const { host, port, username } = server.endpoint
  const files = direction === 'read' ? ['--output', localPath] : ['--upload-file', localPath]
  const how = ['--silent', '--show-error', '--insecure', '--user', `${username}:`, '--key', server.keyFile]
  return {
    ...side(task, 'curl', async () => {
      const args = [...how, ...files, `sftp://${host}:${port}${remotePath}`]
      return (await runProgram({ command: 'curl', args, signal: setting.signal })).seconds
    }),
    needs: [programs.curl],
  }
}

export function rclone(task: Task): Side {
  const { direction, server, remotePath, localPath, setting } = task
  const { host, port, username } = server.endpoint
  const there = `:sftp,host=${host},port=${port},user=${username},key_file=${server.keyFile},shell_type=none:${remotePath}`
  const [from, to] = direction === 'read' ? [there, localPath] : [localPath, there]
  // Their digests would be of files that are compared by ours as well.
  const args = ['--config', '/dev/null', 'copyto', '--ignore-checksum', '--no-check-dest', from, to]
  const carry = async () => (await runProgram({ command: 'rclone', args, signal: setting.signal })).seconds
  return { ...side(task, 'rclone', carry), needs: [programs.rclone] }
}

/** Takes away what an earlier run left, lets it be done, and looks whether it was. */
export function side(task: Omit<Task, 'server'>, name: string, carry: () => Promise<number>): Side {
  const target = task.direction === 'read' ? task.localPath : task.remotePath
  return {
    name,
    run: async (): Promise<Readings> => {
      await rm(target, { force: true })
      const seconds = await carry()
      const { size } = await stat(target)
      if (size !== task.bytes || (await sha256Of(target)) !== task.sha256) throw new Error(`${name} did not carry the whole file`)
      return { seconds, 'MB/s': task.bytes / 1e6 / seconds }
    },
  }
}
