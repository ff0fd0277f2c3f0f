import { createHmac } from 'node:crypto'
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import type { SecretBinding, Secrets } from './context.ts'
import { Fault } from './faults.ts'
import type { Keyring } from './keyring.ts'

// RFC 9180, base mode. A sealed secret is the encapsulated key, 32 bytes, and then the ciphertext.
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
const encapsulatedBytes = 32
const info = bytesOf(Buffer.from('drayage secret 1'))

/** With a public half, `open` throws `secrets.cannot_open`, as it does for bytes or a binding that were changed. */
export function makeSecrets(keyring: Keyring): Secrets {
  const [active] = keyring.keys
  if (active === undefined) throw new Error('a keyring without keys')
  return {
    seal: async (plain, binding) => {
      const recipientPublicKey = await suite.kem.deserializePublicKey(bytesOf(active.publicKey))
      const { enc, ct } = await suite.seal({ recipientPublicKey, info }, bytesOf(Buffer.from(plain)), placeOf(binding))
      return { keyId: active.id, sealed: Buffer.concat([Buffer.from(enc), Buffer.from(ct)]) }
    },
    open: async ({ keyId, sealed }, binding) => {
      const privateKey = keyring.keys.find((key) => key.id === keyId)?.privateKey
      if (privateKey === undefined) throw cannotOpen({ keyId })
      try {
        const recipientKey = await suite.kem.deserializePrivateKey(bytesOf(privateKey))
        const enc = bytesOf(sealed.subarray(0, encapsulatedBytes))
        const plain = await suite.open({ recipientKey, enc, info }, bytesOf(sealed.subarray(encapsulatedBytes)), placeOf(binding))
        return Buffer.from(plain).toString()
      } catch (cause) {
        throw cannotOpen({ keyId, cause })
      }
    },
    digest: (text) => createHmac('sha256', keyring.digestKey).update(text).digest('base64url'),
  }
}

function placeOf(binding: SecretBinding): ArrayBuffer {
  return bytesOf(Buffer.from([binding.workspaceId, binding.ownerId, binding.field].join('|')))
}

/** A copy of its own: the view of a Buffer may be a window on memory that it shares. */
function bytesOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer
}

function cannotOpen(facts: { keyId: string; cause?: unknown }): Fault {
  return new Fault(
    'unavailable',
    'secrets.cannot_open',
    'A sealed secret cannot be opened: its private key is not held here, or it was changed or moved.',
    { details: { keyId: facts.keyId }, cause: facts.cause },
  )
}
