import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

export type ServiceProcess = AsyncDisposable & { pid(): number | undefined }

export type ServiceOptions = {
  /** For people: 'worker'. */
  name: string
  /** Its main file, which says 'ready' over IPC, ends on SIGTERM, and does not outlive us. */
  main: URL
  nodeFlags?: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** Where Node keeps what it made of our modules: the next start is shorter, and never loads what strips the types. */
  compiledDir: string
  /** Gets all it writes. */
  logFile: string
  /** Told when it ended without being asked; it is started again. */
  onCrash(message: string): void
}

const restartMs = 1000
const stopMs = 40_000

/** Starts a service as a process of its own, resolves when it is ready, and keeps it running until disposed. */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  let stopping = false
  let child = await start()
  return {
    pid: () => child.pid,
    [Symbol.asyncDispose]: async () => {
      stopping = true
      await stop(child)
    },
  }

  async function start(): Promise<ChildProcess> {
    const started = await startOnce(options)
    started.once('exit', (code, signal) => {
      if (stopping) return
      options.onCrash(
        `The ${options.name} ended unexpectedly (${signal ?? `exit code ${code}`}) and is started again. See ${options.logFile}`,
      )
      setTimeout(restart, restartMs)
    })
    return started
  }

  async function restart(): Promise<void> {
    if (stopping) return
    try {
      child = await start()
      if (stopping) await stop(child)
    } catch (error) {
      options.onCrash((error as Error).message)
      setTimeout(restart, restartMs)
    }
  }
}

async function startOnce(options: ServiceOptions): Promise<ChildProcess> {
  const log = openSync(options.logFile, 'a', 0o600)
  // Detached, so that a Ctrl-C reaches us alone and we stop the parts in their order.
  const child = spawn(process.execPath, [...(options.nodeFlags ?? []), fileURLToPath(options.main)], {
    env: { ...options.env, NODE_COMPILE_CACHE: options.compiledDir },
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  const answer = await Promise.race([once(child, 'message').then(() => 'ready'), once(child, 'exit').then(() => 'exit')])
  if (answer === 'exit') throw new Error(`The ${options.name} did not start:\n${await lastWords(options.logFile)}`)
  return child
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const impatient = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await gone
  clearTimeout(impatient)
}

async function lastWords(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-10).join('\n')
}
