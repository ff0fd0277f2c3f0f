import type { FastifyInstance, HTTPMethods } from 'fastify'
import { sendProblem } from './errors.ts'

const methods: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Answers 405 where there is something, but not for this method. To be called before the first route; what it returns is
 * the last plugin.
 */
export function refuseOtherMethods(app: FastifyInstance): (last: FastifyInstance) => Promise<void> {
  const known = new Map<string, Set<string>>()
  let complete = false
  app.addHook('onRoute', ({ url, method }) => {
    if (complete) return
    const there = known.get(url) ?? new Set()
    for (const each of [method].flat()) there.add(each)
    known.set(url, there)
  })
  return async (last) => {
    complete = true
    for (const [url, there] of known) {
      const others = methods.filter((method) => !there.has(method))
      const allow = [...there].sort().join(', ')
      const refuse = { status: 405, code: 'http.method_not_allowed', detail: `Use ${allow}.` }
      if (others.length === 0 || url.includes('*')) continue
      // Before the body is looked at, whatever it is.
      last.route({
        method: others,
        url,
        onRequest: async (_, reply) => sendProblem(reply.header('allow', allow), refuse),
        handler: () => {},
      })
    }
  }
}
