import { createHash, generateKeyPairSync } from 'node:crypto'
import { readPrivateKey } from '@drayage/core/remotes/ssh-private-key'
import ssh2 from 'ssh2'

/** Private in a form that OpenSSH and ssh2 read, public in OpenSSH's one-line form. */
export type SshKey = { private: string; public: string; fingerprint: string }

/** A new key. ssh2's own generator is no use: it drops leading zeros, and then nobody can read one key in a hundred. */
export function newSshKey(type: 'ed25519' | 'rsa'): SshKey {
  const pair = type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
  const text = readPrivateKey({ text: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() })
  const [key] = [ssh2.utils.parseKey(text)].flat()
  if (key === undefined || key instanceof Error) throw new Error('a new key cannot be read', { cause: key })
  const blob = key.getPublicSSH()
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
  return { private: text, public: `${key.type} ${blob.toString('base64')}`, fingerprint }
}
