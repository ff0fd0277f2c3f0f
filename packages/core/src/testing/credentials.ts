import { sign, verify } from 'node:crypto'
import { generateApiKeyring, parseApiKeyring } from '../access/api-keyring.ts'
import { type AccessTokenClaims, type Credentials, tokenRules } from '../access/credentials.ts'

/** Credentials with keys of their own; their tokens are real JWTs. */
export function testCredentials(): Credentials {
  const keyring = parseApiKeyring(generateApiKeyring())
  const issuer = 'https://drayage.example.com'
  const [key] = keyring.tokenKeys as [(typeof keyring.tokenKeys)[number]]
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    keyring,
    issuer,
    sign: (claims) => {
      const signed = `${encode({ alg: 'ES256', typ: 'at+jwt', kid: key.id })}.${encode(claims)}`
      const signature = sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
      return `${signed}.${signature.toString('base64url')}`
    },
    verify: (token) => {
      const [head = '', body = '', signature = ''] = token.split('.')
      const bytes = Buffer.from(signature, 'base64url')
      if (!verify('sha256', Buffer.from(`${head}.${body}`), { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, bytes)) return undefined
      const claims: AccessTokenClaims = JSON.parse(Buffer.from(body, 'base64url').toString())
      const { allowedIss, requiredClaims } = tokenRules(issuer)
      const whole = requiredClaims.every((claim) => claim in claims) && allowedIss.includes(claims.iss)
      return whole && claims.exp > Date.now() / 1000 ? claims : undefined
    },
  }
}
