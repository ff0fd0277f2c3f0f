import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The command line of the process with this number, as far as it can be known; undefined when there is none. */
export function commandLineOf(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    // Slim images have no `ps`, other systems no /proc.
    return spawnSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' }).stdout ?? undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's, which we may not signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
