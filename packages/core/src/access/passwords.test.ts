import { expect, test } from 'vitest'
import { hashPassword, isPassword } from './passwords.ts'

test('a password is recognised by its hash, another is not', async () => {
  const hash = await hashPassword('correct horse battery')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await isPassword('correct horse battery', hash)).toBe(true)
  expect(await isPassword('correct horse batterz', hash)).toBe(false)
  expect(await hashPassword('correct horse battery')).not.toBe(hash)
})

test('without a hash no password is right', async () => {
  expect(await isPassword('anything', undefined)).toBe(false)
  expect(await isPassword('anything', null)).toBe(false)
})

test('the same letters typed otherwise are the same password', async () => {
  expect(await isPassword('caf\u0065\u0301 au lait', await hashPassword('café au lait'))).toBe(true)
})

test('a crowd is told to come back instead of filling the memory', async () => {
  const crowd = await Promise.allSettled(Array.from({ length: 110 }, () => isPassword('x', undefined)))
  const refused = crowd.filter((one) => one.status === 'rejected')
  expect(refused).toHaveLength(8)
  expect(refused[0]).toMatchObject({ reason: { kind: 'unavailable', code: 'password.busy' } })
})
