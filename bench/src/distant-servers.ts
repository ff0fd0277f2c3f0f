import { json } from 'node:stream/consumers'
import { startProxy } from '@drayage/test/servers/proxy'

/** What the bench asks of this program, on its standard input. */
export type Distance = {
  /** A way each to a port of this machine, at 127.0.0.1 unless said otherwise; `listenOn` is a port that it has to begin at. */
  ways: readonly { host?: string; port: number; listenOn?: number }[]
  roundTripMs: number
}

/** What the bench is told: once at the start, and at each SIGUSR2 the most sessions that each had at once since the last. */
export type Distances = { ports: number[] } | { most: number[] }

/**
 * Servers that are far away: each is a way to a server here with half of the round trip in each direction, and counts its
 * connections. A process of its own, so that the wait is not for us.
 */
const { ways, roundTripMs } = (await json(process.stdin)) as Distance
const lines = await Promise.all(ways.map(startProxy))
let most = lines.map(() => 0)
for (const line of lines) line.toxic = { latencyMs: roundTripMs / 2 }
const tell = (told: Distances) => console.log(JSON.stringify(told))
const counting = setInterval(() => {
  most = most.map((count, at) => Math.max(count, lines[at]?.connections() ?? 0))
}, 5)
process.on('SIGUSR2', () => {
  tell({ most })
  most = lines.map(() => 0)
})
process.on('SIGTERM', async () => {
  clearInterval(counting)
  await Promise.all(lines.map((line) => line[Symbol.asyncDispose]()))
  process.exit(0)
})
tell({ ports: lines.map((line) => line.port) })
