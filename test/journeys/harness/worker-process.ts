import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { workerFlags } from '@drayage/worker/node-flags'
import { until } from './until.ts'

/** A process of its own that works on files. */
export type WorkerProcess = AsyncDisposable & {
  /** Every moment it has reached so far. */
  moments: string[]
  /** Resolves when it has reached the moment; throws when it ends before. */
  reaches(moment: string): Promise<void>
  /** Lets it go on where it was stopped, or is just being stopped. */
  resume(): void
  /** Resolves when it is gone, with the signal that ended it or null. Throws when it failed. */
  ended(): Promise<NodeJS.Signals | null>
}

export type VictimOptions = {
  url: string
  keyring: string
  smtpUrl: string
  /** Whom it works for. */
  client: { workspaceId: string; ftpClientId: string }
  /** Under which it holds its leases. */
  name: string
  leaseMs: number
  /** What it begins with; a look unless told. */
  job?: 'exports'
  halt?: Halt
  /** A moment after which what a server did is not told: the connection is gone, and nobody knows how far it came. */
  lost?: string
}

/** A moment, and the signal a worker gets when it reaches it. */
export type Halt = { at: string; signal: 'SIGKILL' | 'SIGSTOP' }

export function startVictim(options: VictimOptions): WorkerProcess {
  return started(spawnNode('./victim.ts', [JSON.stringify(options)], {}))
}

/** The worker as it is deployed; it serves every client of the database. */
export async function startWorkerProcess(env: Readonly<Record<string, string>>): Promise<WorkerProcess> {
  const child = spawnNode('../../../services/worker/src/main.ts', [], { LOG_LEVEL: 'warn', ...env })
  const worker = started(child)
  const ready = once(child, 'message')
  await Promise.race([ready, worker.ended().then(() => Promise.reject(new Error('the worker ended before it was ready')))])
  return worker
}

/** What a hundred processes compile is compiled once. */
const compiled = join(tmpdir(), 'drayage-test-compile-cache')

function spawnNode(main: string, args: string[], env: Readonly<Record<string, string>>): ChildProcess {
  const file = fileURLToPath(new URL(main, import.meta.url))
  return spawn(process.execPath, [...workerFlags, file, ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiled, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

function started(child: ChildProcess): WorkerProcess {
  const moments: string[] = []
  let words = ''
  child.stderr?.on('data', (bytes: Buffer) => {
    words = (words + bytes.toString()).slice(-4000)
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  lines.on('line', (line) => moments.push(line))
  const gone = once(child, 'close').then((last) => {
    const [code, signal] = last as [number | null, NodeJS.Signals | null]
    if (code !== 0 && signal === null) throw new Error(`a worker ended with exit code ${code}:\n${words}`)
    return signal
  })
  // Whoever asks is told; until then a failure must not count as unhandled.
  gone.catch(() => {})
  return {
    moments,
    reaches: async (moment) => {
      const ended = gone.then((signal) => {
        if (!moments.includes(moment)) throw new Error(`a worker ended (${signal}) before it reached "${moment}", after ${moments.at(-1)}`)
      })
      await Promise.race([ended, until(() => moments.includes(moment))])
    },
    resume: () => {
      // Sent before the stop has come about, the signal is lost.
      const again = setInterval(() => child.kill('SIGCONT'), 20)
      gone.catch(() => {}).finally(() => clearInterval(again))
    },
    ended: () => gone,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await gone.catch(() => {})
    },
  }
}
