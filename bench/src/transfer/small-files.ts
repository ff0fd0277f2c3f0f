import { chmod, mkdir, mkdtemp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { workerFlags } from '@drayage/worker/node-flags'
import type { Experiment, Setting, Side } from '../bench.ts'
import { programs } from '../programs.ts'
import { profileFlags, runProgram } from '../run-program.ts'
import type { SftpServer } from '../sftp-server.ts'
import type { FolderCarriage } from './carry-folder.ts'
import { sha256Of, writeRandomFile } from './random-file.ts'

type Task = { server: SftpServer; remoteFolder: string; sums: ReadonlyMap<string, string>; setting: Setting }

const carryFolder = fileURLToPath(new URL('carry-folder.ts', import.meta.url))
const fileBytes = 4096
const connections = 8

/** One folder of small files, list and all, beside the tool that is made for it. */
export async function smallFiles({ server, setting }: Pick<Task, 'server' | 'setting'>): Promise<Experiment> {
  const count = 1000
  const remoteFolder = join(server.directory, 'small')
  const sums = await writeFiles(remoteFolder, count)
  const task = { server, setting, remoteFolder, sums }
  const name = `SFTP read, ${count.toLocaleString('en')} files of 4 KB`
  const mirror = lftpMirror(task)
  return {
    title: name,
    ours: ours(task),
    peers: [mirror],
    figures: [{ name, unit: 'files/s', reading: 'files/s', peers: [mirror.name], goal: { of: 'ratio', atLeast: 2 } }],
  }
}

async function writeFiles(folder: string, count: number): Promise<Map<string, string>> {
  await mkdir(folder)
  await chmod(folder, 0o755)
  const sums = new Map<string, string>()
  for (let at = 0; at < count; at++) {
    const path = join(folder, `file-${at}.bin`)
    await writeRandomFile(path, { bytes: fileBytes, seed: `small ${at}` })
    sums.set(`file-${at}.bin`, await sha256Of(path))
  }
  return sums
}

function ours(task: Task): Side {
  const { server, remoteFolder, setting } = task
  const args = [...workerFlags, ...profileFlags(setting.profileDir, 'transfer-small'), carryFolder]
  return side(task, 'drayage', async (localFolder) => {
    const carriage: FolderCarriage = { endpoint: server.endpoint, remoteFolder, localFolder }
    const { stdout } = await runProgram({ command: process.execPath, args, input: JSON.stringify(carriage), signal: setting.signal })
    return (JSON.parse(stdout) as { seconds: number }).seconds
  })
}

function lftpMirror(task: Task): Side {
  const { server, remoteFolder, setting } = task
  const { host, port, username } = server.endpoint
  const script = (localFolder: string) => [
    'set cmd:fail-exit yes',
    'set net:max-retries 1',
    `set sftp:connect-program "ssh -a -x ${server.sshOptions.join(' ')}"`,
    `open -u ${username},none sftp://${host}:${port}`,
    `mirror -P${connections} "${remoteFolder}" "${localFolder}"`,
    'bye',
  ]
  const carry = async (localFolder: string) =>
    (await runProgram({ command: 'lftp', args: ['--norc', '-c', script(localFolder).join('; ')], signal: setting.signal })).seconds
  return { ...side(task, `lftp mirror -P${connections}`, carry), needs: [programs.lftp] }
}

/**
 * Lets it be done and looks whether it was, into a new folder each time: where a thousand files have just been deleted, ext4
 * looks at the place of each of them before it makes a new one.
 */
function side({ setting, sums }: Task, name: string, carry: (localFolder: string) => Promise<number>): Side {
  return {
    name,
    run: async () => {
      const localFolder = await mkdtemp(join(setting.workDir, 'small-'))
      const seconds = await carry(localFolder)
      const names = await readdir(localFolder)
      for (const file of names) {
        if ((await sha256Of(join(localFolder, file))) !== sums.get(file)) throw new Error(`${name} did not carry ${file} as it is`)
      }
      if (names.length !== sums.size) throw new Error(`${name} carried ${names.length} of ${sums.size} files`)
      return { seconds, 'files/s': sums.size / seconds }
    },
  }
}
