import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { Fault } from './faults.ts'

/**
 * The keys that guard secrets at rest: X25519 key pairs, of which the first one seals and all open, and one key for
 * digests. The public half has no private keys: who holds it seals and recognises, and opens nothing.
 */
export type Keyring = { keys: readonly KeyPair[]; digestKey: Buffer }
export type KeyPair = { id: string; publicKey: Buffer; privateKey?: Buffer }

/** A new keyring with one key, as text for the settings. */
export function generateKeyring(): string {
  return keyringText({ keys: [newKey()], digestKey: randomBytes(32) })
}

/** The same keyring with a new key that seals from now on. What the former ones sealed still opens. */
export function rotateKeyring(text: string): string {
  const { keys, digestKey } = parseKeyring(text)
  return keyringText({ keys: [newKey(), ...keys], digestKey })
}

/** What the API gets: the keyring without its private keys. */
export function publicHalf({ keys, digestKey }: Keyring): Keyring {
  return { keys: keys.map(({ id, publicKey }) => ({ id, publicKey })), digestKey }
}

/**
 * Reads `digest:<key>,<id>:private:<key>,...` or the public half, `digest:<key>,<id>:public:<key>,...`; keys are 32 bytes
 * in base64url. Throws `secrets.keyring_invalid`, which never repeats what it read.
 */
export function parseKeyring(text: string): Keyring {
  const keys: KeyPair[] = []
  let digestKey: Buffer | undefined
  for (const [at, entry] of text.split(',').entries()) {
    const [, id = '', half, encoded = ''] = /^\s*(?:([0-9a-f]{8}):)?(digest|private|public):([\w-]{43})\s*$/.exec(entry) ?? []
    const key = Buffer.from(encoded, 'base64url')
    if (key.length !== 32) throw invalid(`entry ${at + 1} is not digest:<key>, <id>:private:<key> or <id>:public:<key>`)
    if (half === 'digest') digestKey = key
    else {
      const pair = half === 'private' ? { privateKey: key, publicKey: publicKeyOf(key) } : { publicKey: key }
      if (id !== idOf(pair.publicKey)) throw invalid(`the key of entry ${at + 1} is not the one its id names`)
      keys.push({ id, ...pair })
    }
  }
  if (digestKey === undefined) throw invalid('it has no digest key')
  if (keys.length === 0) throw invalid('it has no key to seal with')
  return { keys, digestKey }
}

/** What `parseKeyring` reads. */
export function keyringText(keyring: Keyring): string {
  const entries = keyring.keys.map(({ id, privateKey, publicKey }) =>
    privateKey === undefined ? `${id}:public:${publicKey.toString('base64url')}` : `${id}:private:${privateKey.toString('base64url')}`,
  )
  return [`digest:${keyring.digestKey.toString('base64url')}`, ...entries].join(',')
}

function newKey(): KeyPair {
  const { d = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' })
  const privateKey = Buffer.from(d, 'base64url')
  const publicKey = publicKeyOf(privateKey)
  return { id: idOf(publicKey), publicKey, privateKey }
}

/** An id that follows from the key, so that a key cannot be mistaken for another. */
function idOf(publicKey: Buffer): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 8)
}

// RFC 8410: what stands before the 32 bytes of an X25519 private key in PKCS#8.
const pkcs8Prefix = Buffer.from('302e020100300506032b656e04220420', 'hex')

function publicKeyOf(privateKey: Buffer): Buffer {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, privateKey]), format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  return Buffer.from(x, 'base64url')
}

function invalid(why: string): Fault {
  return new Fault('invalid', 'secrets.keyring_invalid', `The keyring cannot be used: ${why}.`)
}
