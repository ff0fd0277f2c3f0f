import type { ApiKeyring } from '@drayage/core/access/api-keyring'
import { openBearers } from '@drayage/core/access/bearer'
import { newId } from '@drayage/core/id'
import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify'
import { type BaseContext, openAdmission, type Quotas } from './admission.ts'
import { openAuthentication } from './auth.ts'
import { guardBrowsers } from './browsers.ts'
import { openCursors } from './cursors.ts'
import type { Deadlines } from './deadlines.ts'
import { docs } from './docs/serve.ts'
import { problemOf, refuseUnreadable, sendProblem } from './errors.ts'
import { graphql } from './graphql/bind.ts'
import { type HealthOptions, health } from './health.ts'
import { openReplies } from './idempotency.ts'
import { openLimits } from './limits.ts'
import { requestLines } from './log.ts'
import { refuseOtherMethods } from './methods.ts'
import { type ApiMetrics, measure } from './metrics.ts'
import { oauth } from './oauth.ts'
import { passwordPage } from './password-page.ts'
import { warnOfProxies } from './proxies.ts'
import { rest } from './rest/bind.ts'
import { registerTokens } from './tokens.ts'
import { unsubscribing } from './unsubscribe.ts'

export type AppOptions = HealthOptions & {
  /** All but who asks; `credentials` are made here. */
  base: Omit<BaseContext, 'credentials'>
  keyring: ApiKeyring
  metrics: ApiMetrics
  /** Where others reach this API: `iss` of its tokens. */
  publicUrl: string
  quotas: Quotas
  deadlines: Deadlines
  /** Origins whose scripts may read replies: admin frontends. */
  origins: readonly string[]
  /** Networks of proxies whose word on the sender's address is taken. */
  trustedProxies: readonly string[]
  /** Whether the GraphQL schema may be asked for. */
  introspection: boolean
  meta: { environment: string; version: string; egressAddresses: readonly string[] }
  log: FastifyBaseLogger
}

/** The HTTP service, not yet listening. */
export function buildApp(options: AppOptions): FastifyInstance {
  const { base, keyring, publicUrl, quotas, deadlines, meta, log } = options
  const { db } = base
  const app = fastify({
    loggerInstance: log,
    logController: requestLines(),
    genReqId: ({ headers: { 'x-request-id': given } }) => (typeof given === 'string' && /^[\w.-]{8,128}$/.test(given) ? given : newId()),
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    bodyLimit: 256 * 1024,
    connectionTimeout: 60_000, // without a byte in either direction
    requestTimeout: deadlines.fileMs, // what is no file has less, see deadlines.ts
    handlerTimeout: deadlines.replyMs,
    keepAliveTimeout: 72_000, // longer than the load balancers in front, so that they close first
    http: { headersTimeout: 15_000 },
    forceCloseConnections: 'idle',
    return503OnClosing: false, // what comes over a connection that is still open is answered, and the connection closed
    frameworkErrors: (error, _, reply) => sendProblem(reply, problemOf(error)),
    clientErrorHandler: refuseUnreadable,
  })
  warnOfProxies(app)
  guardBrowsers(app, { origins: options.origins, publicUrl })
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id))
  app.setNotFoundHandler((_, reply) => sendProblem(reply, { status: 404, code: 'http.not_found', detail: 'There is nothing here.' }))
  app.setErrorHandler((error, request, reply) => {
    // Nobody is there any more to be told.
    if (request.raw.destroyed && !request.raw.complete) return request.log.info('the sender broke off')
    const problem = problemOf(error)
    if (problem.status === 500) request.log.error({ err: error }, 'a request met a bug')
    else request.log.info({ code: problem.code }, 'a request was refused')
    return sendProblem(reply, problem)
  })
  readJsonOnly(app)
  const otherMethods = refuseOtherMethods(app)
  measure(app, { metrics: options.metrics, db })

  const credentials = registerTokens(app, { keyring, issuer: publicUrl })
  const authenticate = openAuthentication({ credentials, bearers: openBearers(db) })
  const admission = openAdmission({ base: { ...base, credentials }, authenticate, limits: openLimits({ db, keyring }), quotas })
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())
  // What still has a reply coming when the service stops has its last one.
  app.addHook('onSend', async (_, reply) => void (closing.signal.aborted && reply.header('connection', 'close')))
  app.register(health, options)
  app.get('/v1/meta', () => meta)
  app.register(docs, { version: meta.version })
  app.register(oauth, { admission, keyring, publicUrl, deadlines })
  const shared = { admission, cursors: openCursors(keyring), replies: openReplies(keyring), deadlines }
  app.register(rest, { ...shared, closing: closing.signal })
  app.register(graphql, { ...shared, introspection: options.introspection })
  app.register(passwordPage)
  app.register(unsubscribing, { admission, secrets: base.secrets, deadlines })
  app.register(otherMethods)
  return app
}

/** A body is JSON or there is none. Where other bytes are taken, the plugin that takes them says so. */
function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null) : parse(request, body, done),
  )
}
