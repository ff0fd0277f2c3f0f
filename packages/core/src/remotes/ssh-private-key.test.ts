import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import ssh2 from 'ssh2'
import { describe, expect, test } from 'vitest'
import { readPrivateKey } from './ssh-private-key.ts'

const passphrase = 'pass phrase %é'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed25519 = generateKeyPairSync('ed25519')
const openSsh = openSshKey()
const openSshEncrypted = openSshKey({ passphrase, cipher: 'aes256-ctr', rounds: 1 })

const pem = (key: KeyObject, type: 'pkcs1' | 'sec1' | 'pkcs8', encrypted?: 'encrypted') => {
  const form = { type, format: 'pem', ...(encrypted && { cipher: 'aes-256-cbc', passphrase }) } as const
  // The types do not know that one of the three fits any key here.
  return key.export(form as Parameters<typeof key.export>[0] & { format: 'pem' }).toString()
}

/** ssh2's generator drops leading zeros: one key in a hundred cannot be read by anybody. */
function openSshKey(options?: { passphrase: string; cipher: 'aes256-ctr'; rounds: number }) {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { ...options } as never)
    if (!(ssh2.utils.parseKey(pair.private, options?.passphrase) instanceof Error)) return pair
  }
}

/** What ssh2 makes of it. */
function parse(text: string, secret?: string) {
  const [key] = [ssh2.utils.parseKey(readPrivateKey({ text, passphrase: secret }), secret)].flat()
  if (key === undefined || key instanceof Error) throw key
  return key
}

describe('a private key', () => {
  test.each([
    ['RSA in PKCS#1', pem(rsa.privateKey, 'pkcs1'), rsa],
    ['RSA in PKCS#8', pem(rsa.privateKey, 'pkcs8'), rsa],
    ['RSA in encrypted PKCS#1', pem(rsa.privateKey, 'pkcs1', 'encrypted'), rsa],
    ['RSA in encrypted PKCS#8', pem(rsa.privateKey, 'pkcs8', 'encrypted'), rsa],
    ['ECDSA in SEC 1', pem(ec.privateKey, 'sec1'), ec],
    ['ECDSA in PKCS#8', pem(ec.privateKey, 'pkcs8'), ec],
    ['ECDSA in encrypted SEC 1', pem(ec.privateKey, 'sec1', 'encrypted'), ec],
    ['ECDSA in encrypted PKCS#8', pem(ec.privateKey, 'pkcs8', 'encrypted'), ec],
    ['Ed25519 in PKCS#8', pem(ed25519.privateKey, 'pkcs8'), ed25519],
    ['Ed25519 in encrypted PKCS#8', pem(ed25519.privateKey, 'pkcs8', 'encrypted'), ed25519],
  ])('%s signs', (_, text, { publicKey }) => {
    const message = Buffer.from('who I am')
    const key = parse(text, text.includes('ENCRYPTED') ? passphrase : undefined)
    const hash = publicKey.asymmetricKeyType === 'rsa' ? 'sha256' : undefined
    const signature = key.sign(message, hash)
    const digest = publicKey.asymmetricKeyType === 'ed25519' ? undefined : 'sha256'
    expect(verify(digest, message, publicKey, signature)).toBe(true)
  })

  test('in OpenSSH form is taken, encrypted or not', () => {
    expect(parse(openSsh.private).isPrivateKey()).toBe(true)
    expect(parse(openSshEncrypted.private, passphrase).isPrivateKey()).toBe(true)
  })

  const pasted: Record<string, (text: string) => string> = {
    'with Windows line ends': (text) => text.replaceAll('\n', '\r\n'),
    'with old Mac line ends': (text) => text.replaceAll('\n', '\r'),
    indented: (text) => text.replaceAll(/^/gm, '    '),
    'with line ends written out': (text) => text.replaceAll('\n', '\\n'),
    'with Windows line ends written out': (text) => text.replaceAll('\n', '\\r\\n'),
    'on one line': (text) => text.replaceAll('\n', ' '),
    'with text around it': (text) => `\ufeffour key:\n\n${text}\n\nregards`,
    'without its last line end': (text) => text.trimEnd(),
  }
  test.each(Object.entries(pasted))('pasted %s is read', (_, paste) => {
    for (const text of [openSsh.private, pem(rsa.privateKey, 'pkcs1'), pem(ed25519.privateKey, 'pkcs8')])
      expect(parse(paste(text)).getPublicSSH()).toEqual(parse(text).getPublicSSH())
    for (const text of [pem(rsa.privateKey, 'pkcs1', 'encrypted'), openSshEncrypted.private])
      expect(parse(paste(text), passphrase).getPublicSSH()).toEqual(parse(text, passphrase).getPublicSSH())
  })

  test.each([
    ['nothing', '', undefined, 'it has no BEGIN and END line'],
    ['half a key', pem(rsa.privateKey, 'pkcs8').slice(0, 400), undefined, 'it has no BEGIN and END line'],
    ['a public key', rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(), undefined, 'it is a public key, not a private key'],
    ['a damaged key', pem(rsa.privateKey, 'pkcs8').replace('\nM', '\n'), undefined, 'it is damaged'],
    ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none', undefined, 'it is a PuTTY key; export it in OpenSSH form'],
    ['an encrypted key', pem(rsa.privateKey, 'pkcs8', 'encrypted'), undefined, 'it is encrypted and needs its passphrase'],
    ['a wrong passphrase', pem(rsa.privateKey, 'pkcs1', 'encrypted'), 'wrong', 'the passphrase does not fit'],
    [
      'a key for something else',
      pem(generateKeyPairSync('x25519').privateKey, 'pkcs8'),
      undefined,
      'keys of type x25519 cannot be used for SSH',
    ],
  ])('%s is refused with the reason', (_, text, secret, reason) => {
    expect(() => readPrivateKey({ text, passphrase: secret })).toThrow(
      expect.objectContaining({ code: 'remote.key_unreadable', details: { reason } }),
    )
  })
})
