import { STATUS_CODES } from 'node:http'
import { asFault } from '@drayage/core/faults'
import { newId } from '@drayage/core/id'
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import { httpStatus } from './errors.ts'
import { type HealthOptions, health } from './health.ts'

export type AppOptions = HealthOptions & {
  meta: { environment: string; version: string; egressAddresses: readonly string[] }
  log: FastifyBaseLogger
}

/** The HTTP service, not yet listening. */
export function buildApp(options: AppOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: options.log,
    genReqId: () => newId(),
    bodyLimit: 1024 * 1024,
    connectionTimeout: 60_000,
    requestTimeout: 30_000, // the whole of a request: a slow sender is let go
    keepAliveTimeout: 72_000, // longer than the load balancers in front, so that they close first
    http: { headersTimeout: 15_000 },
    forceCloseConnections: 'idle',
  })
  app.setNotFoundHandler((_, reply) => problem(reply, { status: 404, code: 'http.not_found', detail: 'There is nothing here.' }))
  app.setErrorHandler((error, request, reply) => {
    const fault = asFault(error)
    if (fault !== undefined) return problem(reply, { status: httpStatus[fault.kind], code: fault.code, detail: fault.message })
    const { statusCode = 500, message } = error as { statusCode?: number; message: string }
    if (statusCode < 500) return problem(reply, { status: statusCode, code: 'http.bad_request', detail: message })
    request.log.error({ err: error }, 'a request met a bug')
    return problem(reply, { status: 500, code: 'http.bug', detail: 'Something unexpected happened on our side.' })
  })
  app.register(health, options)
  app.get('/v1/meta', () => options.meta)
  return app
}

function problem(reply: FastifyReply, facts: { status: number; code: string; detail: string }): FastifyReply {
  const body = { type: 'about:blank', title: STATUS_CODES[facts.status], ...facts, errors: [], requestId: reply.request.id }
  return reply.code(facts.status).type('application/problem+json').send(body)
}
