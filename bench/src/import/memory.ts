import { readFileSync } from 'node:fs'
import type { Side } from '../bench.ts'
import { dropRegister } from './drop-register.ts'
import { writeRegister } from './registers.ts'
import type { Task } from './sides.ts'

/** The most memory that a worker ever had while it carried one register of so many rows; a worker of its own. */
export function memoryOf({ site, setting }: Pick<Task, 'site' | 'setting'>, { rows }: { rows: number }): Side {
  return {
    name: 'drayage',
    run: async () => {
      const register = await writeRegister(site.server.directory, { rows })
      await using worker = await site.startWorker(`memory-${rows}`)
      const { seconds = 0, report = 0 } = await dropRegister(site, register, setting.signal)
      return { 'peak MB': peakMegabytes(worker.pid()), seconds, report, 'rows/s': rows / seconds }
    },
  }
}

/** Linux remembers the most resident memory that a process ever had. */
function peakMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kibibytes = Number(status.match(/^VmHWM:\s*(\d+) kB$/m)?.[1])
  return (kibibytes * 1024) / 1e6
}
