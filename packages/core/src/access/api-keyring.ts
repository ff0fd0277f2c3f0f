import {
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { Fault } from '../faults.ts'

/**
 * The keys of the API, the same in all its processes: what signs access tokens (ES256), what tells a presented secret
 * from a made-up one, what seals the audit trail (Ed25519).
 */
export type ApiKeyring = {
  /** The first one signs; all verify, so that a token outlives the change of keys. */
  tokenKeys: readonly TokenKey[]
  sealKey: SealKey
  /** HMAC-SHA-256, with a key for each purpose, so that a digest made for one is of no use for another. */
  digest(purpose: DigestPurpose, text: string): Buffer
}
/** `id` is the `kid` of tokens and of the key set. */
export type TokenKey = { id: string; privateKey: KeyObject; publicKey: KeyObject }
export type SealKey = { id: string; privateKey: KeyObject; publicKey: KeyObject }
export type DigestPurpose = 'api_client_secret' | 'refresh_token' | 'attempt' | 'cursor' | 'idempotency' | 'idempotent_reply' | 'rate_limit'

/** A new keyring as text for the settings: the key that signs, and the one that will after the first rotation. */
export function generateApiKeyring(): string {
  return [`pepper:${newKey()}`, `seal:${newKey()}`, `token:${newKey()}`, `token:${newKey()}`].join(',')
}

/**
 * The same keyring with the next token key signing and a new one waiting. Processes that have the new text and processes
 * that still have the old one accept each other's tokens, so that they can be restarted one by one.
 */
export function rotateApiKeyring(text: string): string {
  parseApiKeyring(text)
  const entries = text.split(',').map((entry) => entry.trim())
  const tokens = entries.filter((entry) => entry.startsWith('token:'))
  const next = tokens.pop() ?? `token:${newKey()}`
  const [former] = tokens
  const rotated = [next, ...(former === undefined ? [] : [former]), `token:${newKey()}`]
  return [...entries.filter((entry) => !entry.startsWith('token:')), ...rotated].join(',')
}

/**
 * Reads `pepper:<key>,seal:<key>,token:<key>,token:<key>,...`; keys are 32 bytes in base64url. Throws
 * `access.keyring_invalid`, which never repeats what it read.
 */
export function parseApiKeyring(text: string): ApiKeyring {
  const keys: Record<string, Buffer[]> = { pepper: [], seal: [], token: [] }
  for (const [at, entry] of text.split(',').entries()) {
    const [, name = '', encoded = ''] = /^\s*(pepper|seal|token):([\w-]{43})\s*$/.exec(entry) ?? []
    const key = Buffer.from(encoded, 'base64url')
    if (key.length !== 32) throw invalid(`entry ${at + 1} is not pepper:<key>, seal:<key> or token:<key>`)
    keys[name]?.push(key)
  }
  const { pepper: [pepper, ...peppers] = [], seal: [seal, ...seals] = [], token: tokens = [] } = keys
  if (pepper === undefined || peppers.length > 0) throw invalid('it needs one pepper')
  if (seal === undefined || seals.length > 0) throw invalid('it needs one seal')
  if (tokens.length === 0) throw invalid('it has no token key')
  const digestKeys = new Map<DigestPurpose, KeyObject>()
  return {
    tokenKeys: tokens.map(tokenKey),
    sealKey: sealKey(seal),
    digest: (purpose, secret) => {
      // Made from bytes each time, the key would cost more than the digest.
      const key = digestKeys.get(purpose) ?? createSecretKey(Buffer.from(hkdfSync('sha256', pepper, '', `drayage ${purpose} 1`, 32)))
      digestKeys.set(purpose, key)
      return createHmac('sha256', key).update(secret).digest()
    },
  }
}

/** RFC 7517, for `/.well-known/jwks.json`: public keys only. */
export function jsonWebKeySet(keyring: ApiKeyring): { keys: (JsonWebKey & { kid: string; use: 'sig'; alg: 'ES256' })[] } {
  const show = ({ id, publicKey }: TokenKey) => ({
    ...publicKey.export({ format: 'jwk' }),
    kid: id,
    use: 'sig' as const,
    alg: 'ES256' as const,
  })
  return { keys: keyring.tokenKeys.map(show) }
}

function newKey(): string {
  // Any 32 bytes are an Ed25519 seed; all but one in 2^32 are a P-256 scalar, and the check of the point finds that one.
  for (;;) {
    const key = randomBytes(32)
    try {
      createECDH('prime256v1').setPrivateKey(key)
      return key.toString('base64url')
    } catch {}
  }
}

function tokenKey(scalar: Buffer): TokenKey {
  const curve = createECDH('prime256v1')
  try {
    curve.setPrivateKey(scalar)
  } catch {
    throw invalid('a token key is not a P-256 key')
  }
  const point = curve.getPublicKey()
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  const privateKey = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d: scalar.toString('base64url') }, format: 'jwk' })
  return identified(privateKey)
}

// RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS#8.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

function sealKey(seed: Buffer): SealKey {
  return identified(createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' }))
}

/** An id that follows from the key, so that a key cannot be mistaken for another. */
function identified(privateKey: KeyObject): { id: string; privateKey: KeyObject; publicKey: KeyObject } {
  const publicKey = createPublicKey(privateKey)
  const id = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex')
    .slice(0, 16)
  return { id, privateKey, publicKey }
}

function invalid(why: string): Fault {
  return new Fault('invalid', 'access.keyring_invalid', `The keyring of the API cannot be used: ${why}.`)
}
