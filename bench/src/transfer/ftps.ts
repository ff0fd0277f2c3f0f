import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FtpServer } from '@drayage/test/servers/ftp-server'
import { missingVsftpd, startVsftpd } from '@drayage/test/servers/vsftpd'
import type { Experiment, Setting, Side } from '../bench.ts'
import { programs } from '../programs.ts'
import { runProgram } from '../run-program.ts'
import { sha256Of, writeRandomFile } from './random-file.ts'
import { ours, side, type Task } from './sides.ts'

type FtpsTask = Task<FtpServer> & { authority: string }

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
  yield compare({ ...task, direction: 'read', remotePath: file, localPath: join(setting.workDir, 'fetched.bin') })
  yield compare({ ...task, direction: 'write', remotePath: join(server.directory, 'stored.bin'), localPath: file })
}

function compare(task: FtpsTask): Experiment {
  const name = `FTPS ${task.direction}, one file of ${task.bytes / 1e6} MB`
  const peers = [lftp(task), curl(task)]
  const goal = { of: 'ratio', atLeast: 1 } as const
  const rate = { unit: 'MB/s', reading: 'MB/s' }
  return { title: name, ours: ours(task), peers, figures: [{ name, ...rate, peers: peers.map((peer) => peer.name), goal }] }
}

function lftp(task: FtpsTask): Side {
  const { direction, server, authority, remotePath, localPath, setting } = task
  const { port, username, password = '' } = server.endpoint
  const script = [
    'set cmd:fail-exit yes',
    'set net:max-retries 1',
    'set ftp:ssl-force yes',
    'set ftp:ssl-protect-data yes',
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
