import { expect, test } from 'vitest'
import type { SecretBinding } from './context.ts'
import { generateKeyring, keyringText, parseKeyring, publicHalf, rotateKeyring } from './keyring.ts'
import { makeSecrets } from './secrets.ts'

const text = generateKeyring()
const worker = makeSecrets(parseKeyring(text))
const api = makeSecrets(publicHalf(parseKeyring(text)))
const binding: SecretBinding = { workspaceId: 'w1', ownerId: 'o1', field: 'password' }
const cannotOpen = expect.objectContaining({ code: 'secrets.cannot_open' })

test('what the public half seals, the private half opens', async () => {
  const sealed = await api.seal('pässwörd ✓', binding)
  expect(await worker.open(sealed, binding)).toBe('pässwörd ✓')
})

test('the public half opens nothing', async () => {
  const sealed = await api.seal('secret', binding)
  await expect(api.open(sealed, binding)).rejects.toEqual(cannotOpen)
})

test('the same secret is sealed differently each time', async () => {
  const [one, two] = [await api.seal('secret', binding), await api.seal('secret', binding)]
  expect(one.sealed.equals(two.sealed)).toBe(false)
})

test('any flipped bit is noticed', async () => {
  const { keyId, sealed } = await api.seal('secret', binding)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
    // The top bit of an X25519 key is not part of it (RFC 7748), but of the bytes that are authenticated.
    await expect(worker.open({ keyId, sealed: changed }, binding)).rejects.toEqual(cannotOpen)
  }
})

test.each<[string, Partial<SecretBinding>]>([
  ['another workspace', { workspaceId: 'w2' }],
  ['another owner', { ownerId: 'o2' }],
  ['another field', { field: 'passphrase' }],
])('a secret moved to %s does not open', async (_, elsewhere) => {
  const sealed = await api.seal('secret', binding)
  await expect(worker.open(sealed, { ...binding, ...elsewhere })).rejects.toEqual(cannotOpen)
})

test('after a rotation new secrets use the new key and old ones still open', async () => {
  const rotated = rotateKeyring(text)
  const after = makeSecrets(parseKeyring(rotated))
  const old = await worker.seal('old', binding)
  const fresh = await makeSecrets(publicHalf(parseKeyring(rotated))).seal('new', binding)
  expect(fresh.keyId).not.toBe(old.keyId)
  expect(await after.open(old, binding)).toBe('old')
  expect(await after.open(fresh, binding)).toBe('new')
  await expect(worker.open(fresh, binding)).rejects.toEqual(cannotOpen)
})

test('both halves and every rotation give the same digest, and another keyring another one', () => {
  const digests = [worker, api, makeSecrets(parseKeyring(rotateKeyring(text)))].map((secrets) => secrets.digest('text'))
  expect(new Set(digests).size).toBe(1)
  expect(makeSecrets(parseKeyring(generateKeyring())).digest('text')).not.toBe(digests[0])
})

test.each([
  ['nothing', ''],
  ['a word', 'secret'],
  ['no key', text.split(',')[0] ?? ''],
  ['no digest key', text.split(',')[1] ?? ''],
  ['a short key', text.slice(0, -1)],
  ['a key under another id', text.replace(/,\w{8}:/, ',00000000:')],
])('a keyring with %s is refused without being repeated', (_, wrong) => {
  const thrown = expect.objectContaining({ code: 'secrets.keyring_invalid' })
  expect(() => parseKeyring(wrong)).toThrow(thrown)
  try {
    parseKeyring(wrong)
  } catch (error) {
    for (const part of wrong.split(/[,:]/)) if (part.length > 10) expect(String(error)).not.toContain(part)
  }
})

test('the public half holds no private key', () => {
  const privateKey = /private:([\w-]+)/.exec(text)?.[1] ?? 'none'
  const half = keyringText(publicHalf(parseKeyring(text)))
  expect(half).not.toContain(privateKey)
  expect(parseKeyring(half)).toEqual(publicHalf(parseKeyring(text)))
})
