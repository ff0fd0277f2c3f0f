import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '@drayage/core/faults'
import { commandLineOf } from '@drayage/db/command-line'

/** Makes the data folder ours until disposed. Faults: `standalone.already_running`. */
export async function holdDataFolder(path: string): Promise<AsyncDisposable> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const lock = join(path, 'standalone.pid')
  const former = Number(await readFile(lock, 'utf8').catch(() => ''))
  if (former > 0 && former !== process.pid && isStandalone(former)) {
    throw new Fault(
      'conflict',
      'standalone.already_running',
      `${path} is in use by process ${former}. Stop it first, or set DATA_DIR to another folder.`,
    )
  }
  const file = await open(lock, 'w', 0o600)
  await file.writeFile(String(process.pid))
  await file.close()
  return { [Symbol.asyncDispose]: () => rm(lock, { force: true }) }
}

/** Process numbers are used again, so the number alone says nothing. */
function isStandalone(pid: number): boolean {
  return /standalone\/src\/(main|demo)\.ts/.test(commandLineOf(pid) ?? '')
}
