import type { ApiKeyring } from './api-keyring.ts'

/**
 * What the API has at hand to know people and ERPs by. Core decides what stands in an access token and what it is worth;
 * the shell makes and reads its outer form, a JWT, with the library of its choice:
 *
 * - `sign` signs `claims` with ES256 and `keyring.tokenKeys[0]`, header `{ typ: 'at+jwt', kid }`.
 * - `verify` gives the claims of a token that one of `keyring.tokenKeys` signed and that passes `tokenRules(issuer)`,
 *   undefined for any other, an expired one included.
 *
 * For each request the shell verifies the token and asks `openBearers` (bearer.ts) for the actor.
 */
export type Credentials = {
  keyring: ApiKeyring
  /** The address of this API as others know it, `iss` of its tokens. */
  issuer: string
  sign(claims: AccessTokenClaims): string | Promise<string>
  verify(token: string): AccessTokenClaims | undefined | Promise<AccessTokenClaims | undefined>
}

/** Throws where they are not held: what needs them is done by the API alone. */
export function credentialsOf(ctx: { credentials?: Credentials }): Credentials {
  if (ctx.credentials === undefined) throw new Error('only the API has credentials')
  return ctx.credentials
}

/** RFC 9068. Times are seconds since 1970. */
export type AccessTokenClaims = {
  iss: string
  aud: Audience
  /** Of the person or the API client. */
  sub: string
  client_id: string
  /** Space-separated; empty for people, whose roles are looked up. */
  scope: string
  /** What it was given for: with the session, or the secret, it ends. */
  sid: string
  jti: string
  iat: number
  exp: number
}

export const audiences = { user: 'drayage:user', apiClient: 'drayage:api-client' } as const
export type Audience = (typeof audiences)[keyof typeof audiences]

/** Longest life of an access token, in seconds. */
export const tokenLifeSeconds = 900

/** Everything a verifier must be told; libraries check next to nothing by themselves. */
export function tokenRules(issuer: string) {
  return {
    algorithms: ['ES256'],
    allowedIss: [issuer],
    allowedAud: Object.values(audiences),
    requiredClaims: ['iss', 'aud', 'sub', 'client_id', 'sid', 'jti', 'iat', 'exp'],
    /** Of the header. */
    checkTyp: 'at+jwt',
    maxAgeSeconds: tokenLifeSeconds,
    clockToleranceSeconds: 5,
  } as const
}
