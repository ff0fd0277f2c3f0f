import type { ApiKeyring } from '@drayage/core/access/api-keyring'
import { type AccessTokenClaims, type Credentials, tokenRules } from '@drayage/core/access/credentials'
import jwt, { type JWT } from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'

/** Access tokens as JWTs. To be used once `app` is ready. */
export function registerTokens(app: FastifyInstance, options: { keyring: ApiKeyring; issuer: string }): Credentials {
  const { keyring, issuer } = options
  const { algorithms, allowedIss, allowedAud, requiredClaims, checkTyp, maxAgeSeconds, clockToleranceSeconds } = tokenRules(issuer)
  // One verifier for each key, so that none is ever asked about a token that names another.
  for (const { id, privateKey, publicKey } of keyring.tokenKeys) {
    app.register(jwt, {
      namespace: id,
      secret: {
        private: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
        public: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      },
      decode: { complete: true },
      sign: { algorithm: 'ES256', kid: id, header: { alg: 'ES256', typ: checkTyp } },
      verify: {
        algorithms: [...algorithms],
        allowedIss: [...allowedIss],
        allowedAud: [...allowedAud],
        requiredClaims: [...requiredClaims],
        checkTyp,
        maxAge: maxAgeSeconds, // here seconds, there milliseconds
        clockTolerance: clockToleranceSeconds * 1000,
        cache: 1000,
      },
    })
  }
  const byKey = (id: unknown) => {
    const known = keyring.tokenKeys.some((key) => key.id === id)
    return known ? (app.jwt as unknown as Record<string, JWT>)[String(id)] : undefined
  }
  const [signing] = keyring.tokenKeys
  return {
    keyring,
    issuer,
    sign: (claims) => {
      const signer = byKey(signing?.id)
      if (signer === undefined) throw new Error('the keyring has no token key')
      return signer.sign(claims)
    },
    verify: (token) => {
      try {
        const verifier = byKey(keyIdOf(token))
        const claims = verifier?.verify<AccessTokenClaims>(token)
        const soonest = Date.now() / 1000 + clockToleranceSeconds
        return claims !== undefined && claims.iat <= soonest ? claims : undefined
      } catch {
        return undefined
      }
    },
  }
}

/** What the token says which key signed it. Not verified. */
function keyIdOf(token: string): unknown {
  const [header = ''] = token.split('.', 1)
  return JSON.parse(Buffer.from(header, 'base64url').toString()).kid
}
