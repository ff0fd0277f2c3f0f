import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Distance, Distances } from './distant-servers.ts'

export type DistantServers = AsyncDisposable & {
  ports: number[]
  /** The most connections that each had at once since this was asked last. */
  mostConnections(): Promise<number[]>
}

const program = fileURLToPath(new URL('distant-servers.ts', import.meta.url))

export async function startDistantServers(distance: Distance): Promise<DistantServers> {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  child.stdin.end(JSON.stringify(distance))
  const said = await next<{ ports: number[] }>()
  return {
    ports: said.ports,
    mostConnections: async () => {
      child.kill('SIGUSR2')
      return (await next<{ most: number[] }>()).most
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }

  async function next<Told extends Distances>(): Promise<Told> {
    const { done, value } = await lines.next()
    if (done) throw new Error('the distant servers ended')
    return JSON.parse(value)
  }
}
