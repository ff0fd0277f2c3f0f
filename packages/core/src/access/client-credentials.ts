import { timingSafeEqual } from 'node:crypto'
import { type KnownApiClient, knownApiClient, noteSecretUse } from '@drayage/db/queries/api-clients'
import { insertRevokedToken } from '@drayage/db/queries/revoked-tokens'
import { z } from 'zod'
import { audit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import { operationInSteps } from '../operation.ts'
import { accessToken } from './access-token.ts'
import { secretHash } from './api-client-secrets.ts'
import { countedAttempt } from './attempts.ts'
import { clientSecretId } from './client-secret.ts'
import { audiences, credentialsOf } from './credentials.ts'

/**
 * OAuth 2.0 for API clients. Field names are those of the RFCs, unknown parameters are ignored as they demand. A fault's
 * code is `oauth.<error>` with the `error` of RFC 6749, 5.2; `oauth.invalid_client` is the one of kind `unauthenticated`.
 */
const clientFields = { client_id: z.string().max(200).optional(), client_secret: z.string().max(200).optional() }

/** RFC 6749, 4.4. */
export const exchangeClientCredentials = operationInSteps({
  name: 'exchangeClientCredentials',
  permission: 'token:create',
  input: z.object({ grant_type: z.string().max(200).optional(), scope: z.string().max(2000).optional(), ...clientFields }),
  output: z
    .object({ access_token: z.string(), token_type: z.string(), expires_in: z.int(), scope: z.string() })
    .meta({ id: 'AccessTokenReply' }),
  run: async ({ ctx, input }) => {
    if (input.grant_type === undefined) throw oauth('invalid_request', 'grant_type is missing.')
    if (input.grant_type !== 'client_credentials') throw oauth('unsupported_grant_type', 'Use grant_type=client_credentials.')
    const { client, secret } = await authenticated(ctx, input)
    const asked = input.scope?.split(' ').filter((scope) => scope !== '') ?? []
    if (asked.some((scope) => !client.scopes.includes(scope))) {
      throw oauth('invalid_scope', `This API client has the scopes: ${client.scopes.join(' ')}.`)
    }
    const scope = (asked.length === 0 ? client.scopes : client.scopes.filter((one) => asked.includes(one))).join(' ')
    const lifeSeconds = secret.expiresAt === null ? undefined : Math.max(1, (secret.expiresAt.getTime() - Date.now()) / 1000)
    const claims = { aud: audiences.apiClient, sub: client.id, client_id: client.id, scope, sid: secret.id }
    const { token, expiresIn } = await accessToken(ctx, { ...claims, ...(lifeSeconds && { lifeSeconds }) })
    return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope }
  },
})

/** RFC 7009, for access tokens of the client itself. Succeeds for anything else as well: there is nothing to be done then. */
export const revokeToken = operationInSteps({
  name: 'revokeToken',
  permission: 'token:revoke',
  input: z.object({ token: z.string().max(10_000).optional(), ...clientFields }),
  output: z.object({ revoked: z.boolean() }).meta({ id: 'RevokedToken' }),
  run: async ({ ctx, input }) => {
    const { client } = await authenticated(ctx, input)
    if (input.token === undefined) throw oauth('invalid_request', 'token is missing.')
    const claims = await credentialsOf(ctx).verify(input.token)
    if (claims === undefined || claims.sub !== client.id) return { revoked: false }
    const token = { id: claims.jti, expiresAt: new Date(claims.exp * 1000) }
    await ctx.db.inWorkspace([], (transaction) => insertRevokedToken(transaction, token))
    return { revoked: true }
  },
})

type Authenticated = { client: KnownApiClient; secret: NonNullable<KnownApiClient['secret']> }

/**
 * The API client that these are the credentials of. Who has the right secret always gets in: wrong ones, which nobody can
 * guess anyway, are slowed down for whoever sends them only.
 */
async function authenticated(ctx: Context, given: { client_id?: string; client_secret?: string }): Promise<Authenticated> {
  const { client_id: clientId = '', client_secret: text = '' } = given
  const secretId = clientSecretId(text)
  if (secretId === undefined || !z.uuid().safeParse(clientId).success) throw invalidClient()
  const hash = secretHash(ctx, text)
  const client = await ctx.db.inWorkspace([], async (transaction) => {
    const known = await knownApiClient(transaction, { id: clientId, secretId })
    if (known?.secret === undefined || !timingSafeEqual(known.secret.hash, hash)) return known && { ...known, secret: undefined }
    const { workspaceId, secret } = known
    if (isStale(secret.lastUsedAt)) await noteSecretUse(transaction, { workspaceId, id: secret.id }, { from: ctx.request?.address ?? null })
    return known
  })
  if (client?.secret !== undefined) return { client, secret: client.secret }
  await countedAttempt(ctx, { kind: 'client', at: clientId })
  if (client !== undefined) {
    const { workspaceId, id: subjectId, product } = client
    const refused = { workspaceId, action: 'api_client.refused', subject: 'api_client', subjectId, ...(product !== null && { product }) }
    await ctx.db.inWorkspace(workspaceId, (transaction) => audit(ctx, transaction, refused))
  }
  throw invalidClient()
}

/** Every use noted would be a write for each token. */
function isStale(lastUsedAt: Date | null): boolean {
  return lastUsedAt === null || Date.now() - lastUsedAt.getTime() > 5 * 60_000
}

function invalidClient(): Fault {
  return new Fault('unauthenticated', 'oauth.invalid_client', 'client_id or client_secret is wrong.')
}

function oauth(error: 'invalid_request' | 'invalid_scope' | 'unsupported_grant_type', message: string): Fault {
  return new Fault('invalid', `oauth.${error}`, message)
}
