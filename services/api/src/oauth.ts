import { type ApiKeyring, jsonWebKeySet } from '@drayage/core/access/api-keyring'
import { exchangeClientCredentials, revokeToken } from '@drayage/core/access/client-credentials'
import { scopes } from '@drayage/core/access/permissions'
import { Fault } from '@drayage/core/faults'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Admission } from './admission.ts'
import { type Deadlines, watchBodies } from './deadlines.ts'
import { problemOf } from './errors.ts'

export type OAuthOptions = { admission: Admission; keyring: ApiKeyring; publicUrl: string; deadlines: Deadlines }

/** Access tokens for API clients, in the words of the RFCs: forms in, errors of RFC 6749 out. */
export async function oauth(app: FastifyInstance, { admission, keyring, publicUrl, deadlines }: OAuthOptions): Promise<void> {
  watchBodies(app, 'json', deadlines)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 32 * 1024 }, (_, body, done) =>
    done(null, body),
  )
  app.setErrorHandler((error, request, reply) => {
    const { status, code, detail, retryAfterSeconds } = problemOf(error)
    if (status === 500) request.log.error({ err: error }, 'a request met a bug')
    if (status === 401) reply.header('www-authenticate', 'Basic realm="drayage"')
    if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
    return reply.code(status).send({ error: errorOf(status, code), error_description: plain(detail) })
  })

  app.post('/oauth/token', async (request, reply) =>
    exchangeClientCredentials.run(await admission.anybody(request, reply), inputOf(request)),
  )
  app.post('/oauth/revoke', async (request, reply) => {
    await revokeToken.run(await admission.anybody(request, reply), inputOf(request))
    return reply.code(200).send()
  })
  const keys = jsonWebKeySet(keyring)
  app.get('/.well-known/jwks.json', (_, reply) => reply.header('cache-control', 'public, max-age=900').send(keys))
  const metadata = {
    issuer: publicUrl,
    token_endpoint: `${publicUrl}/oauth/token`,
    revocation_endpoint: `${publicUrl}/oauth/revoke`,
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    scopes_supported: scopes,
    service_documentation: `${publicUrl}/docs`,
  }
  app.get('/.well-known/oauth-authorization-server', (_, reply) => reply.header('cache-control', 'public, max-age=900').send(metadata))
}

function fieldsOf(form = ''): Record<string, string> {
  const fields = new URLSearchParams(form)
  if (new Set(fields.keys()).size !== fields.size) throw invalidRequest('Send each parameter once.')
  return Object.fromEntries(fields)
}

/** The parameters, and the client's credentials from wherever they came: one place only. */
function inputOf(request: FastifyRequest): Record<string, string> {
  const fields = fieldsOf(request.body as string | undefined)
  const { authorization } = request.headers
  if (authorization === undefined) return fields
  const [, encoded = ''] = /^Basic +([\w+/]+=*)$/i.exec(authorization) ?? []
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  if (id === undefined || secret === undefined) throw invalidRequest('The Authorization header is not Basic credentials.')
  if (fields.client_secret !== undefined) throw invalidRequest('Send the credentials once, as Basic credentials or in the form.')
  const basic = new URLSearchParams(`id=${id}&secret=${secret}`)
  return { ...fields, client_id: basic.get('id') ?? '', client_secret: basic.get('secret') ?? '' }
}

function invalidRequest(message: string): Fault {
  return new Fault('invalid', 'oauth.invalid_request', message)
}

/** RFC 6749, 5.2. */
function errorOf(status: number, code: string): string {
  if (code.startsWith('oauth.')) return code.slice('oauth.'.length)
  if (status === 500) return 'server_error'
  return status === 429 || status === 503 ? 'temporarily_unavailable' : 'invalid_request'
}

/** The characters that an error_description may have. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, ' ')
}
