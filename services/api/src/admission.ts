import type { Actor } from '@drayage/core/access/actor'
import { networkOf } from '@drayage/core/access/attempts'
import type { Context } from '@drayage/core/context'
import { enqueueFor } from '@drayage/core/jobs'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticate } from './auth.ts'
import type { Limit, Limits } from './limits.ts'

/** What every request has in common, before anybody asked for anything. */
export type BaseContext = Omit<Context, 'actor' | 'request' | 'log'>

/** How often somebody may ask, in a minute. */
export type Quotas = {
  /** A person or an API client, for anything. */
  requests: number
  /** An address, for log-ins, tokens and all else that needs no token; wrong tokens count as well. */
  logIns: number
  /** A person, for connection tests: each makes us log in somewhere. */
  connectionTests: number
}

/** Lets a request in, whatever the transport: what an operation is given for it. */
export type Admission = {
  /** For who the request says it is. Faults: those of `Authenticate`, `http.rate_limited`. */
  known(request: FastifyRequest, reply: FastifyReply, options?: { quota?: keyof Quotas }): Promise<Context>
  /**
   * For somebody who need not say who they are: a bad token does not keep them from getting a good one. Fault:
   * `http.rate_limited`.
   */
  anybody(request: FastifyRequest, reply: FastifyReply): Promise<Context>
}

export function openAdmission(options: { base: BaseContext; authenticate: Authenticate; limits: Limits; quotas: Quotas }): Admission {
  const { base, authenticate, limits, quotas } = options
  const limitOf = (name: keyof Quotas): Limit => ({ name, quota: quotas[name], windowSeconds: 60 })
  const anonymous = (request: FastifyRequest): Context => ({
    ...base,
    actor: { kind: 'anonymous' },
    enqueue: enqueueFor(request.id, base.enqueue),
    request: { id: request.id, address: request.ip },
    log: {
      debug: (fields, message) => request.log.debug(fields, message),
      info: (fields, message) => request.log.info(fields, message),
      warn: (fields, message) => request.log.warn(fields, message),
      error: (fields, message) => request.log.error(fields, message),
    },
  })
  const anybody: Admission['anybody'] = async (request, reply) => {
    await limits.spend(reply, limitOf('logIns'), networkOf(request.ip))
    return anonymous(request)
  }
  return {
    anybody,
    known: async (request, reply, { quota } = {}) => {
      let actor: Actor = { kind: 'anonymous' }
      try {
        actor = await authenticate(request)
      } catch (error) {
        await anybody(request, reply)
        throw error
      }
      if (!('id' in actor)) return anybody(request, reply)
      await limits.spend(reply, limitOf('requests'), actor.id)
      if (quota !== undefined) await limits.spend(reply, limitOf(quota), actor.id)
      return { ...anonymous(request), actor }
    },
  }
}
