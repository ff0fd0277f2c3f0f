import type { Context } from '@drayage/core/context'
import type { FastifyRequest } from 'fastify'
import type { Authenticate } from './auth.ts'

/** What every request has in common, before anybody asked for anything. */
export type BaseContext = Omit<Context, 'actor' | 'request' | 'log'>

/** What an operation is given for a request, whatever the transport. Faults: those of `Authenticate`. */
export type Contexts = {
  /** For who the request says it is. */
  of(request: FastifyRequest): Promise<Context>
  /** For somebody who need not say who they are: a bad token does not keep them from getting a good one. */
  ofAnybody(request: FastifyRequest): Context
}

export function openContexts(base: BaseContext, authenticate: Authenticate): Contexts {
  const ofAnybody = (request: FastifyRequest): Context => ({
    ...base,
    actor: { kind: 'anonymous' },
    request: { id: request.id, address: request.ip },
    log: {
      debug: (fields, message) => request.log.debug(fields, message),
      info: (fields, message) => request.log.info(fields, message),
      warn: (fields, message) => request.log.warn(fields, message),
      error: (fields, message) => request.log.error(fields, message),
    },
  })
  return { ofAnybody, of: async (request) => ({ ...ofAnybody(request), actor: await authenticate(request) }) }
}
