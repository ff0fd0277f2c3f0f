import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Program } from './bench.ts'

/** Everything of the machine that any bench measures against or needs. `bench/peers` installs what is missing. */
export const programs = {
  sshd: { command: 'sshd', package: 'openssh-server', version: ['sshd', '-V'] },
  sftp: { command: 'sftp', package: 'openssh-client', version: ['ssh', '-V'] },
  lftp: { command: 'lftp', package: 'lftp', version: ['lftp', '--version'] },
  rclone: { command: 'rclone', package: 'rclone', version: ['rclone', 'version'] },
  curl: { command: 'curl', package: 'curl', version: ['curl', '--version'] },
  psql: { command: 'psql', package: 'postgresql-client', version: ['psql', '--version'] },
  git: { command: 'git', package: 'git', version: ['git', '--version'] },
  pgloader: { command: 'pgloader', package: 'pgloader', version: ['pgloader', '--version'] },
} as const satisfies Record<string, Program>

/** Where a program is. Daemons are not on the search path of ordinary users. */
export function findProgram({ command }: Pick<Program, 'command'>): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, command)).find(isExecutable)
}

export function missingOf(needed: readonly Program[]): Program[] {
  return needed.filter((program) => findProgram(program) === undefined)
}

/** The first number with dots that the program says of itself. */
export function versionOf(program: Program): string | undefined {
  const [command, ...args] = program.version
  const said = spawnSync(findProgram({ command }) ?? command, args, { encoding: 'utf8' })
  return `${said.stdout}${said.stderr}`.match(/\d+\.\d[\w.]*/)?.[0]
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
