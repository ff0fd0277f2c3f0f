import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FtpServer } from '@drayage/test/servers/ftp-server'
import { missingVsftpd, startVsftpd } from '@drayage/test/servers/vsftpd'
import type { Experiment, Setting, Side } from '../bench.ts'
import { programs } from '../programs.ts'
import { runProgram } from '../run-program.ts'
import { sha256Of, writeRandomFile } from './random-file.ts'
import { ours, side, type Task } from './sides.ts'

export type FtpsTask = Task<FtpServer> & { authority: string }

/** One large file over FTPS, on a server that takes no data connection but one that goes on with the session of the log-in. */
export async function* overFtps(setting: Setting, { bytes }: { bytes: number }): AsyncGenerator<Experiment, void, void> {
  const missing = missingVsftpd()
  if (missing !== undefined) return setting.tell(`FTPS is left out: ${missing}`)
  await using server = await startVsftpd({ encryption: 'explicit' })
  const file = join(server.directory, 'original.bin')
  await writeRandomFile(file, { bytes, seed: 'transfer' })
  const authority = join(setting.workDir, 'authority.pem')
  await writeFile(authority, server.endpoint.trustedCertificate ?? '')
  const task = { server, authority, bytes, sha256: await sha256Of(file), setting }
  const named = (direction: string) => `FTPS ${direction}, one file of ${bytes / 1e6} MB`
  const localPath = join(setting.workDir, 'fetched.bin')
  yield compareFtps({ ...task, direction: 'read', remotePath: file, localPath }, { name: named('read'), peers: [lftp, curl] })
  const remotePath = join(server.directory, 'stored.bin')
  yield compareFtps({ ...task, direction: 'write', remotePath, localPath: file }, { name: named('write'), peers: [lftp, curl] })
}

/** Ours beside others, of which the best has to be reached. */
export function compareFtps(task: FtpsTask, options: { name: string; peers: readonly ((task: FtpsTask) => Side)[] }): Experiment {
  const { name } = options
  const peers = options.peers.map((peer) => peer(task))
  const goal = { of: 'ratio', atLeast: 1 } as const
  const rate = { unit: 'MB/s', reading: 'MB/s' }
  return { title: name, ours: ours(task), peers, figures: [{ name, ...rate, peers: peers.map((peer) => peer.name), goal }] }
}

export function lftp(task: FtpsTask): Side {
  const { direction, server, authority, remotePath, localPath, setting } = task
  const { port, username, password = '' } = server.endpoint
  const script = [
    'set cmd:fail-exit yes',
    'set net:max-retries 1',
    'set ftp:ssl-force yes',
    'set ftp:ssl-protect-data yes',
    'set ftp:prefer-epsv yes',
    `set ssl:ca-file "${authority}"`,
    `open -u "${username},${password.replace(/["\\]/g, '\\$&')}" -p ${port} ftp://127.0.0.1`,
    direction === 'read' ? `get "${remotePath}" -o "${localPath}"` : `put "${localPath}" -o "${remotePath}"`,
    'bye',
  ]
  const carry = async () => {
    const args = ['--norc', '-c', script.join('; ')]
    return (await runProgram({ command: 'lftp', args, signal: setting.signal })).seconds
  }
  return { ...side(task, 'lftp', carry), needs: [programs.lftp] }
}

function curl(task: FtpsTask): Side {
  const { direction, server, authority, remotePath, localPath, setting } = task
  const { port, username, password } = server.endpoint
  const files = direction === 'read' ? ['--output', localPath] : ['--upload-file', localPath]
  const how = ['--silent', '--show-error', '--ssl-reqd', '--cacert', authority, '--user', `${username}:${password}`]
  const carry = async () => {
    const args = [...how, ...files, `ftp://127.0.0.1:${port}/${remotePath}`]
    return (await runProgram({ command: 'curl', args, signal: setting.signal })).seconds
  }
  return { ...side(task, 'curl', carry), needs: [programs.curl] }
}
