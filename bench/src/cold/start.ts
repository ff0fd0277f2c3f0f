import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readings } from '../bench.ts'

const ready = 'Drayage is ready.'

/** Runs `npx --yes pnpm start` as a newcomer does, on free ports, until it says that it is ready; then ends it as Ctrl-C does. */
export async function startUntilReady(checkout: string, signal: AbortSignal): Promise<Readings> {
  const startedAt = performance.now()
  const child = spawn('npx', ['--yes', 'pnpm', 'start'], {
    cwd: checkout,
    env: { ...newcomersEnvironment(), PORT: '0' },
    // A group of its own: what Ctrl-C reaches in a terminal.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = (name: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name)
  }
  const stop = () => end('SIGKILL')
  signal.addEventListener('abort', stop)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000)
  })
  const closed = once(child, 'close')
  try {
    for await (const line of createInterface(child.stdout)) {
      said = `${said}${line}\n`.slice(-4000)
      if (line !== ready) continue
      const seconds = (performance.now() - startedAt) / 1000
      end('SIGINT')
      await closed
      return { seconds }
    }
    throw new Error(`pnpm start ended before it was ready:\n${said}`)
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

/** The environment without what pnpm, which runs the bench, put there for its children. */
function newcomersEnvironment(): NodeJS.ProcessEnv {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  const own = Object.entries(process.env).filter(([name]) => !/^p?npm_/i.test(name))
  return { ...Object.fromEntries(own), PATH: path.join(delimiter) }
}
