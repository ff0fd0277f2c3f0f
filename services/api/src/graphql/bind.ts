import { canonicalJson } from '@drayage/core/canonical-json'
import type { Context } from '@drayage/core/context'
import { asFault } from '@drayage/core/faults'
import { turnstile } from '@drayage/core/turnstile'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, parse } from 'graphql/index.js'
import { mercurius } from 'mercurius'
import type { Admission } from '../admission.ts'
import type { Cursors } from '../cursors.ts'
import { type Deadlines, watchBodies } from '../deadlines.ts'
import { problemOf } from '../errors.ts'
import { idempotencyKey, type Replies } from '../idempotency.ts'
import { replyType } from './accept.ts'
import { fieldError, problemError, requestErrors } from './answer.ts'
import type { Asked } from './asked.ts'
import { checkCost, type GraphqlLimits, graphqlLimits, rulesOf } from './limits.ts'
import { openEdgeLoader } from './load-edges.ts'
import { type GraphqlRequest, readRequest } from './read-request.ts'
import { buildSchema } from './schema.ts'

export type GraphqlOptions = {
  admission: Admission
  cursors: Cursors
  replies: Replies
  deadlines: Deadlines
  /** Whether the schema may be asked for; suggestions are never made. */
  introspection: boolean
  limits?: Partial<GraphqlLimits>
}

/**
 * GraphQL over HTTP at /graphql. Requests are POSTs of JSON, one at a time: no page of another site can send one, because
 * a browser asks first.
 */
export async function graphql(app: FastifyInstance, options: GraphqlOptions): Promise<void> {
  const { admission, cursors, replies } = options
  const limits = { ...graphqlLimits, ...options.limits }
  watchBodies(app, 'json', options.deadlines)
  await app.register(mercurius, {
    schema: buildSchema(),
    routes: false,
    // Documents are kept by their text, which anybody may send: few of them, so that they take no memory.
    cache: 100,
    subscription: false,
    allowBatchedQueries: false,
    // Tools that ask for the schema ask this deep.
    queryDepth: options.introspection ? Math.max(limits.depth, 15) : limits.depth,
    validationRules: rulesOf(limits, options),
    // What went wrong in a field is told by us, and logged where it is a bug.
    errorFormatter: ({ data, errors }) => ({ statusCode: 200, response: { data, errors } }),
  })
  app.graphql.addHook('preExecution', async (schema, document, context, variables) => {
    const { operationName } = context as unknown as { operationName?: string }
    checkCost({ schema, document, operationName, variables: variables ?? {} }, limits)
  })

  app.setErrorHandler((error, request, reply) => {
    // Nobody is there any more to be told.
    if (request.raw.destroyed && !request.raw.complete) return request.log.info('the sender broke off')
    const problem = problemOf(error)
    if (problem.status === 500) request.log.error({ err: error }, 'a request met a bug')
    if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds)
    return send(reply.code(problem.status), { errors: [problemError(problem)] })
  })

  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    if (replyType(request.headers.accept) === undefined) {
      reply.code(406)
      return send(reply, { errors: [{ message: 'Replies are JSON.', extensions: { code: 'http.not_acceptable' } }] })
    }
    const asked = await admit(request, reply)
    const asks = readRequest(request.body)
    const { query, variables, operationName } = asks
    try {
      // Mercurius takes other things for a document as well, and past these limits.
      parse(query, { maxTokens: limits.tokens })
      const result = await app.graphql(query, { ...asked, change: openChanges(request, asks), operationName }, variables, operationName)
      return send(reply, formatted(result as ExecutionResult, request))
    } catch (error) {
      const errors = requestErrors(error)
      if (errors === undefined) throw error
      // Who knows no more than JSON takes another status for a failure of what lies between.
      if (replyType(request.headers.accept) !== 'application/json') reply.code(400)
      return send(reply, { errors })
    }
  }
  app.route({ method: 'POST', url: '/graphql', bodyLimit: limits.bodyBytes, handler })

  /** A token that is no good keeps nobody from the fields that need none. Each of those is paid for; the request pays for one. */
  async function admit(request: FastifyRequest, reply: FastifyReply): Promise<Omit<Asked, 'change'>> {
    const first = admission.known(request, reply)
    let paid: Context | undefined
    try {
      const ctx = await first
      if (ctx.actor.kind === 'anonymous') paid = ctx
    } catch (error) {
      if (asFault(error)?.kind !== 'unauthenticated') throw error
    }
    const known: Asked['known'] = ({ quota } = {}) => (quota === undefined ? first : admission.known(request, reply, { quota }))
    const anybody: Asked['anybody'] = () => {
      const ctx = paid ?? admission.anybody(request, reply)
      paid = undefined
      return Promise.resolve(ctx)
    }
    const turns = turnstile({ places: limits.atOnce })
    return { known, anybody, turns, cursors, loadEdge: openEdgeLoader(known, turns) }
  }

  /** Each change of a request has the key to itself, by its turn: GraphQL makes them one after the other. */
  function openChanges(request: FastifyRequest, asks: GraphqlRequest): Asked['change'] {
    const what = `GraphQL ${canonicalJson(asks)}`
    let turn = 0
    return (operation, ctx, input) => {
      const key = ctx.actor.kind === 'anonymous' ? undefined : idempotencyKey(request.headers['idempotency-key'])
      if (key === undefined) return operation.run(ctx, input)
      turn++
      return replies.once(ctx, { key: turn === 1 ? key : `${key} ${turn}`, what, operation, input })
    }
  }
}

function formatted({ data, errors }: ExecutionResult, request: FastifyRequest) {
  const told = errors?.map((error) => (error instanceof GraphQLError ? fieldError(error, request.log) : unknownError(error, request)))
  return { ...(told && { errors: told }), data }
}

function unknownError(error: unknown, request: FastifyRequest): GraphQLFormattedError {
  request.log.error({ err: error }, 'a field met a bug')
  return problemError(problemOf(error))
}

function send(reply: FastifyReply, body: { data?: unknown; errors?: readonly GraphQLFormattedError[] }): FastifyReply {
  const type = replyType(reply.request.headers.accept) ?? 'application/json'
  return reply.type(`${type}; charset=utf-8`).serializer(JSON.stringify).send(body)
}
