import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Disposing asks it to stop, if it still runs, and waits until it has. */
export type Running = AsyncDisposable & {
  /** All it has written so far. */
  output(): string
  /** Resolves with the first match in what it writes; throws when it ends without one. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** As Ctrl-C in a terminal does: the whole process group gets it. */
  interrupt(): void
  kill(): void
  ended: Promise<number | null>
}

/** Starts a file of the project as a terminal would: as the leader of its own process group. */
export function runProcess(file: string, env: Readonly<Record<string, string>> = {}): Running {
  const main = fileURLToPath(new URL(`../../${file}`, import.meta.url))
  const child = spawn(process.execPath, [main], { env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      output += bytes
      child.emit('said')
    })
  }
  const ended = once(child, 'close').then(([code]) => {
    child.emit('said')
    return code as number | null
  })
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  const interrupt = () => void process.kill(-(child.pid as number), 'SIGINT')
  return {
    output: () => output,
    until: async (pattern) => {
      for (;;) {
        const found = pattern.exec(output)
        if (found !== null) return found
        if (isGone()) throw new Error(`it ended (${child.exitCode ?? child.signalCode}) before it said ${pattern}:\n${output}`)
        await once(child, 'said')
      }
    },
    interrupt,
    kill: () => void child.kill('SIGKILL'),
    ended,
    [Symbol.asyncDispose]: async () => {
      if (!isGone()) interrupt()
      await ended
    },
  }
}
