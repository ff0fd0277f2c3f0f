import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { missingVsftpd, startVsftpd } from '@drayage/test/servers/vsftpd'
import type { Experiment, Setting } from '../bench.ts'
import { startDistantServers } from '../distance.ts'
import type { SftpServer } from '../sftp-server.ts'
import { compareFtps, lftp } from './ftps.ts'
import { sha256Of, writeRandomFile } from './random-file.ts'
import { openSsh, ours } from './sides.ts'

const roundTripMs = 50

/** One file from a server that is far away, where what counts is how much is under way. */
export async function* overSftpFromAfar({ setting, server, bytes }: Task & { server: SftpServer }): AsyncGenerator<Experiment, void, void> {
  const { port } = server.endpoint
  await using distant = await startDistantServers({ ways: [{ port }], roundTripMs })
  const [nearer = port] = distant.ports
  const file = join(server.directory, 'distant.bin')
  await writeRandomFile(file, { bytes, seed: 'distant' })
  const task = {
    ...{ server: { ...server, endpoint: { ...server.endpoint, port: nearer } }, setting, bytes, sha256: await sha256Of(file) },
    ...{ direction: 'read' as const, remotePath: file, localPath: join(setting.workDir, 'fetched.bin') },
  }
  const peer = openSsh(task)
  yield {
    title: nameOf('SFTP', bytes),
    ours: ours(task),
    peers: [peer],
    figures: [{ name: nameOf('SFTP', bytes), ...rate, peers: [peer.name], goal: { of: 'ratio', atLeast: 1 } }],
  }
}

/** Data connections go the long way too: the server is at another address of the loopback, and each of its data ports has a way to it. */
export async function* overFtpsFromAfar({ setting, bytes }: Task): AsyncGenerator<Experiment, void, void> {
  if (missingVsftpd() !== undefined) return
  const address = '127.0.0.2'
  const dataPorts = Array.from({ length: 10 }, (_, at) => 45_100 + at)
  const settings = [`pasv_min_port=${dataPorts[0]}`, `pasv_max_port=${dataPorts.at(-1)}`]
  await using server = await startVsftpd({ encryption: 'explicit', address, settings })
  const { port } = server.endpoint
  const data = dataPorts.map((dataPort) => ({ host: address, port: dataPort, listenOn: dataPort }))
  await using distant = await startDistantServers({ ways: [{ host: address, port }, ...data], roundTripMs })
  const [nearer = port] = distant.ports
  const file = join(server.directory, 'distant.bin')
  await writeRandomFile(file, { bytes, seed: 'distant' })
  const authority = join(setting.workDir, 'distant-authority.pem')
  await writeFile(authority, server.endpoint.trustedCertificate ?? '')
  const near = { ...server, endpoint: { ...server.endpoint, host: '127.0.0.1', port: nearer } }
  const task = { server: near, authority, bytes, sha256: await sha256Of(file), setting }
  const read = { ...task, direction: 'read' as const, remotePath: file, localPath: join(setting.workDir, 'fetched.bin') }
  yield compareFtps(read, { name: nameOf('FTPS', bytes), peers: [lftp] })
}

type Task = { setting: Setting; bytes: number }

const rate = { unit: 'MB/s', reading: 'MB/s' }

function nameOf(protocol: string, bytes: number): string {
  return `${protocol} read, one file of ${bytes / 1e6} MB over a round trip of ${roundTripMs} ms`
}
