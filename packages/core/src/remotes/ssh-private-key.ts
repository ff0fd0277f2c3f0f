import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto'
import { remoteFault } from './remote-faults.ts'

/**
 * A customer's private key in a form that ssh2 reads, whatever form it was pasted in: OpenSSH, PEM (PKCS#1, SEC 1) or
 * PKCS#8, plain or encrypted; with Windows line ends, indented, on one line, or with `\n` written out. PEM and PKCS#8 keys
 * come back decrypted; an OpenSSH one still needs its passphrase. Fault: `remote.key_unreadable`, with the reason.
 */
export function readPrivateKey({ text, passphrase = '' }: { text: string; passphrase?: string }): string {
  if (/^\s*PuTTY-User-Key-File/.test(text)) throw unreadable('it is a PuTTY key; export it in OpenSSH form')
  const block = /-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----/s.exec(text.replaceAll(/\\[rn]/g, '\n'))
  if (block === null) throw unreadable('it has no BEGIN and END line')
  const [, label = '', content = ''] = block
  if (!label.endsWith('PRIVATE KEY')) throw unreadable(`it is a ${label.toLowerCase()}, not a private key`)
  const pem = tidy(label, content)
  // ssh2 knows OpenSSH's own form, which node:crypto does not, and DSA, which has no other form to convert to.
  if (label === 'OPENSSH PRIVATE KEY' || label === 'DSA PRIVATE KEY') return pem

  let key: KeyObject
  try {
    key = createPrivateKey({ key: pem, passphrase })
  } catch (cause) {
    if (!pem.includes('ENCRYPTED')) throw unreadable('it is damaged', cause)
    throw unreadable(passphrase === '' ? 'it is encrypted and needs its passphrase' : 'the passphrase does not fit', cause)
  }
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString()
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString()
  if (key.asymmetricKeyType === 'ed25519') return openSshEd25519(key)
  throw unreadable(`keys of type ${key.asymmetricKeyType} cannot be used for SSH`)
}

function unreadable(reason: string, cause?: unknown) {
  return remoteFault('remote.key_unreadable', { reason, cause })
}

/** The block as it should have been pasted: its RFC 1421 headers, then lines of 64 characters. */
function tidy(label: string, content: string): string {
  const headers = [...content.matchAll(/(?:Proc-Type|DEK-Info): *\S+/g)].map(([header]) => header)
  const body = headers.reduce((rest, header) => rest.replace(header, ''), content).replaceAll(/\s/g, '')
  const lines = body.match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...headers, ...(headers.length > 0 ? [''] : []), ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** Source: OpenSSH, PROTOCOL.key. Neither node:crypto nor ssh2 converts to or from it. */
function openSshEd25519(key: KeyObject): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' })
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]
  const check = randomBytes(4)
  const type = string('ssh-ed25519')
  const secret = Buffer.concat([check, check, type, string(point), string(Buffer.concat([seed, point])), string('')])
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (secret.length % 8)) % 8)
  const parts = [
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    Buffer.from([0, 0, 0, 1]),
    string(Buffer.concat([type, string(point)])),
    string(Buffer.concat([secret, padding])),
  ]
  return tidy('OPENSSH PRIVATE KEY', Buffer.concat(parts).toString('base64'))
}

function string(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
