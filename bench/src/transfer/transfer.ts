import { join } from 'node:path'
import type { Bench, Experiment } from '../bench.ts'
import { programs } from '../programs.ts'
import { startSftpServer } from '../sftp-server.ts'
import { sshCrypto } from '../ssh-crypto.ts'
import { overFtpsFromAfar, overSftpFromAfar } from './distant.ts'
import { overFtps } from './ftps.ts'
import { sha256Of, writeRandomFile } from './random-file.ts'
import { curl, lftp, openSsh, ours, rclone, type Task } from './sides.ts'
import { smallFiles } from './small-files.ts'

/** How many times as fast as OpenSSH's own client we have to be, by the crypto that ssh2 finds. */
const goals = {
  native: { read: 1.3, write: 1.1 },
  JavaScript: { read: 0.9, write: 0.9 },
}

export const transfer: Bench = {
  name: 'transfer',
  about: 'one large file, and a folder of small ones, over SFTP and FTPS, near and far, log-in included, local file to local file',
  needs: [programs.sshd],
  async *experiments(setting) {
    const crypto = sshCrypto()
    setting.tell(`ssh2 uses its ${crypto} crypto`)
    await using server = await startSftpServer(setting)
    const file = join(server.directory, 'original.bin')
    const bytes = setting.quick ? 200e6 : 500e6
    await writeRandomFile(file, { bytes, seed: 'transfer' })
    const task = { server, bytes, sha256: await sha256Of(file), setting }
    const atLeast = goals[crypto]

    yield compare({ ...task, direction: 'read', remotePath: file, localPath: join(setting.workDir, 'fetched.bin') }, atLeast.read)
    yield compare({ ...task, direction: 'write', remotePath: join(server.directory, 'stored.bin'), localPath: file }, atLeast.write)
    yield await smallFiles({ server, setting })
    yield* overFtps(setting, { bytes })
    const distant = { setting, bytes: setting.quick ? 40e6 : 100e6 }
    yield* overSftpFromAfar({ ...distant, server })
    yield* overFtpsFromAfar(distant)
  },
}

function compare(task: Task, atLeast: number): Experiment {
  const name = `SFTP ${task.direction}, one file of ${task.bytes / 1e6} MB`
  const sftp = openSsh(task)
  const others = [lftp(task), curl(task), rclone(task)]
  const rate = { unit: 'MB/s', reading: 'MB/s' }
  return {
    title: name,
    ours: ours(task),
    peers: [sftp, ...others],
    figures: [
      { name, ...rate, peers: [sftp.name], goal: { of: 'ratio', atLeast } },
      ...others.map((other) => ({ name, ...rate, peers: [other.name] })),
    ],
  }
}
