import { spawnSync } from 'node:child_process'
import { findProgram, missingOf, programs } from './programs.ts'

/** Installs, where there is apt-get, the programs that the bench compares with, and names those that are still missing. */
const wanted = missingOf(Object.values(programs)).map((program) => program.package)

if (wanted.length > 0 && findProgram({ command: 'apt-get' }) !== undefined) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
  // One by one: a package that this release does not have must not keep the others out.
  for (const name of new Set(wanted)) {
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { stdio: 'inherit', env })
  }
}

const missing = missingOf(Object.values(programs))
for (const program of missing) console.log(`missing: ${program.command} (Debian package ${program.package})`)
if (missing.length === 0) console.log(`all here: ${Object.keys(programs).join(', ')}`)
process.exitCode = missing.length === 0 ? 0 : 1
