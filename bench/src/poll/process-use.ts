import { readFileSync } from 'node:fs'

/** Seconds of processor time that a process has used, in all its threads. Source: proc(5), ticks of 10 ms. */
export function processorSeconds(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return (Number(user) + Number(system)) / 100
}

/** Megabytes that a process has in memory now. */
export function residentMegabytes(pid: number | undefined): number {
  const kibibytes = Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s*(\d+) kB$/m)?.[1])
  return (kibibytes * 1024) / 1e6
}
