import { createHmac, sign } from 'node:crypto'
import { generateApiKeyring, parseApiKeyring, type TokenKey } from '@drayage/core/access/api-keyring'
import { type AccessTokenClaims, audiences, type Credentials } from '@drayage/core/access/credentials'
import { newId } from '@drayage/core/id'
import { fastify } from 'fastify'
import { beforeAll, expect, test } from 'vitest'
import { registerTokens } from './tokens.ts'

const issuer = 'https://drayage.example.com'
const keyring = parseApiKeyring(generateApiKeyring())
const [signing, waiting] = keyring.tokenKeys as [TokenKey, TokenKey]
let credentials: Credentials
beforeAll(async () => {
  const app = fastify()
  credentials = registerTokens(app, { keyring, issuer })
  await app.ready()
})

const now = Math.floor(Date.now() / 1000)
const claims: AccessTokenClaims = {
  iss: issuer,
  aud: audiences.user,
  sub: newId(),
  client_id: 'drayage',
  scope: '',
  sid: newId(),
  jti: newId(),
  iat: now,
  exp: now + 60,
}
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const head = { alg: 'ES256', typ: 'at+jwt', kid: signing.id }

function forged(body: object, header: object = head, key: TokenKey = signing): string {
  const text = `${encode(header)}.${encode(body)}`
  return `${text}.${sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
const without = (name: keyof AccessTokenClaims) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))

test('a token of ours is read back, also one of the key that signs next', async () => {
  const token = await credentials.sign(claims)
  expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toEqual(head)
  expect(credentials.verify(token)).toEqual(claims)
  expect(credentials.verify(forged(claims, { ...head, kid: waiting.id }, waiting))).toEqual(claims)
})

const text = `${encode({ ...head, alg: 'HS256' })}.${encode(claims)}`
const publicPem = signing.publicKey.export({ format: 'pem', type: 'spki' })
test.each<[string, string]>([
  ['of another issuer', forged({ ...claims, iss: 'https://evil.example.com' })],
  ['of several issuers', forged({ ...claims, iss: [issuer] })],
  ['for another audience', forged({ ...claims, aud: 'other' })],
  ['that has expired', forged({ ...claims, iat: now - 100, exp: now - 50 })],
  ['that is older than tokens get', forged({ ...claims, iat: now - 2000 })],
  ['from the future', forged({ ...claims, iat: now + 1000, exp: now + 1060 })],
  ...(['iss', 'aud', 'sub', 'client_id', 'sid', 'jti', 'iat', 'exp'] as const).map((name): [string, string] => [
    `without ${name}`,
    forged(without(name)),
  ]),
  ['of another type', forged(claims, { ...head, typ: 'JWT' })],
  ['without a type', forged(claims, { alg: 'ES256', kid: signing.id })],
  ['without a key', forged(claims, { alg: 'ES256', typ: 'at+jwt' })],
  ['of an unknown key', forged(claims, { ...head, kid: 'ffff' })],
  ['signed by another key than it names', forged(claims, head, waiting)],
  ['with an extension that must be understood', forged(claims, { ...head, crit: ['x'], x: 1 })],
  ['without a signature', `${encode(head)}.${encode(claims)}.`],
  ['of algorithm none', `${encode({ ...head, alg: 'none' })}.${encode(claims)}.`],
  ['signed with our public key as a secret', `${text}.${createHmac('sha256', publicPem).update(text).digest('base64url')}`],
  ['whose key is a property of objects', forged(claims, { ...head, kid: '__proto__' })],
  ['that is no token', 'a.b.c'],
  ['of one part', 'abc'],
])('a token %s is not taken', (_, token) => {
  expect(credentials.verify(token)).toBeUndefined()
})
