import { fileURLToPath } from 'node:url'
import type { Readings } from '../bench.ts'
import { runProgram } from '../run-program.ts'

/** One request, to be sent again and again. */
export type Request = { url: string; method: 'GET' | 'POST'; headers: Readonly<Record<string, string>>; body?: string }

const connections = 16
const autocannon = fileURLToPath(import.meta.resolve('autocannon'))

type Told = {
  requests: { average: number }
  latency: { p50: number; p99: number }
  errors: number
  timeouts: number
  non2xx: number
}

/** What a service answers of a request in `seconds`, asked by a process of its own; throws where it did not answer well. */
export async function underLoad(request: Request, { seconds, signal }: { seconds: number; signal: AbortSignal }): Promise<Readings> {
  const { url, method, headers, body } = request
  const named = Object.entries(headers).flatMap(([name, value]) => ['--headers', `${name}=${value}`])
  const args = ['--json', '--connections', String(connections), '--duration', String(seconds), '--method', method, ...named]
  const sent = body === undefined ? [] : ['--body', body]
  const { stdout } = await runProgram({ command: process.execPath, args: [autocannon, ...args, ...sent, url], signal })
  const told: Told = JSON.parse(stdout.slice(stdout.indexOf('{')))
  const { errors, timeouts, non2xx } = told
  if (errors + timeouts + non2xx > 0) throw new Error(`${url}: ${errors} errors, ${timeouts} time-outs, ${non2xx} replies other than 2xx`)
  return { 'requests/s': told.requests.average, 'p50 ms': told.latency.p50, 'p99 ms': told.latency.p99 }
}
