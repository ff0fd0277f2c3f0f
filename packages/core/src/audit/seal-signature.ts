import { type KeyObject, sign, verify } from 'node:crypto'
import type { AuditSealRow } from '@drayage/db/schema/audit'
import { canonicalJson } from '../canonical-json.ts'

type Unsigned = Omit<AuditSealRow, 'signature' | 'keyId'>

/** Ed25519 over the place and the hash of one event, and so over all before it. */
export function signSeal(seal: Unsigned, key: { id: string; privateKey: KeyObject }): AuditSealRow {
  return { ...seal, keyId: key.id, signature: sign(null, sealedText(seal), key.privateKey) }
}

export function isSealGenuine(seal: AuditSealRow, key: { id: string; publicKey: KeyObject }): boolean {
  return seal.keyId === key.id && verify(null, sealedText(seal), key.publicKey, seal.signature)
}

function sealedText({ workspaceId, ordinal, hash, at }: Unsigned): Buffer {
  return Buffer.from(canonicalJson({ workspaceId, ordinal, hash, at }))
}
