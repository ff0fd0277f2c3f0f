import { sign, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { generateApiKeyring, jsonWebKeySet, parseApiKeyring, rotateApiKeyring, type TokenKey } from './api-keyring.ts'

const idsOf = (text: string) => parseApiKeyring(text).tokenKeys.map((key) => key.id)

test('what the first key signs, its published half verifies', () => {
  const keyring = parseApiKeyring(generateApiKeyring())
  const [key] = keyring.tokenKeys as [TokenKey]
  const signature = sign('sha256', Buffer.from('text'), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  expect(signature).toHaveLength(64)
  expect(verify('sha256', Buffer.from('text'), { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
  const { keys } = jsonWebKeySet(keyring)
  expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', kid: key.id, use: 'sig', alg: 'ES256' })
  expect(keys.every((shown) => !('d' in shown))).toBe(true)
})

test('old and new processes accept each other’s tokens during a rotation, and the one before is dropped at the next', () => {
  const first = generateApiKeyring()
  const [signing, next] = idsOf(first)
  const second = rotateApiKeyring(first)
  expect(idsOf(second).slice(0, 2)).toEqual([next, signing])
  expect(idsOf(second)).toHaveLength(3)
  const third = rotateApiKeyring(second)
  expect(idsOf(third)[1]).toBe(next)
  expect(idsOf(third)).not.toContain(signing)
  expect(parseApiKeyring(third).sealKey.id).toBe(parseApiKeyring(first).sealKey.id)
})

test('a digest depends on its purpose and on the pepper', () => {
  const [one, two] = [parseApiKeyring(generateApiKeyring()), parseApiKeyring(generateApiKeyring())]
  const digests = [one.digest('attempt', 'x'), one.digest('refresh_token', 'x'), two.digest('attempt', 'x')]
  expect(new Set(digests.map((digest) => digest.toString('hex'))).size).toBe(3)
  expect(one.digest('attempt', 'x')).toEqual(digests[0])
})

test.each([
  ['nothing', ''],
  ['a piece that is none', 'pepper:short'],
  ['no token key', generateApiKeyring().replace(/,token:.*/, '')],
  ['two peppers', `${generateApiKeyring()},${generateApiKeyring().split(',')[0]}`],
  ['a token key that is no point of the curve', `${generateApiKeyring()},token:${'_'.repeat(42)}8`],
])('%s is no keyring, and the message does not repeat it', (_, text) => {
  const read = () => parseApiKeyring(text)
  expect(read).toThrow(expect.objectContaining({ code: 'access.keyring_invalid' }))
  if (text !== '') expect(read).toThrow(expect.objectContaining({ message: expect.not.stringContaining(text) }))
})
