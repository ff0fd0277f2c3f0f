import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { findProgram } from './programs.ts'

export type ProgramRun = {
  command: string
  args: readonly string[]
  /** For its standard input. */
  input?: string
  env?: Readonly<Record<string, string>>
  signal: AbortSignal
}

/** Runs a program to its end. Throws with what it said when it ends badly. */
export async function runProgram({ command, args, input, env, signal }: ProgramRun): Promise<{ seconds: number; stdout: string }> {
  const startedAt = performance.now()
  const child = spawn(findProgram({ command }) ?? command, args, { env: { ...process.env, ...env }, signal, stdio: 'pipe' })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000)
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input ?? '')
  const [code, killedBy] = await once(child, 'close')
  const seconds = (performance.now() - startedAt) / 1000
  if (code !== 0) throw new Error(`${command} ended with ${killedBy ?? code}: ${stderr.trim() || stdout.trim().slice(-4000)}`)
  return { seconds, stdout }
}

/** The flags of node for a program of ours that leaves a CPU profile in a folder, or does not. */
export function profileFlags(profileDir: string | undefined, name: string): string[] {
  if (profileDir === undefined) return []
  const date = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  return ['--cpu-prof', `--cpu-prof-dir=${profileDir}`, `--cpu-prof-name=${name}-${date}.cpuprofile`]
}
