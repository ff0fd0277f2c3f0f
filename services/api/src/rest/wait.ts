import { setTimeout as after } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { Route } from './route.ts'

/** Seconds that a request can wait at most, well below what proxies take for a dead server. */
const longestWait = 25
const lookAgainMs = 250

/** Runs a read, with `Prefer: wait=N` (RFC 7240) again until the route's condition holds, the time is over, nobody listens any more or the service stops. */
export function waiterOf(its: Pick<Route, 'until'>, request: FastifyRequest, closing: AbortSignal) {
  const { until } = its
  const [, seconds = '0'] = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/.exec(String(request.headers.prefer ?? '')) ?? []
  const end = performance.now() + Math.min(Number(seconds), longestWait) * 1000
  return async <T>(read: () => Promise<T>): Promise<T> => {
    for (;;) {
      const reply = await read()
      if (until === undefined || until(reply as Record<string, unknown>) || performance.now() >= end) return reply
      if (request.raw.destroyed || closing.aborted) return reply
      await after(Math.min(lookAgainMs, end - performance.now()), undefined, { signal: closing }).catch(() => {})
    }
  }
}
