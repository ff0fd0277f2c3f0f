import { expect, test } from 'vitest'
import { clientSecretId, clientSecretPattern, newClientSecret } from './client-secret.ts'

test('a secret says which one it is', () => {
  for (let made = 0; made < 200; made++) {
    const { id, text, last4 } = newClientSecret('sandbox')
    expect(text).toMatch(clientSecretPattern)
    expect(clientSecretId(text)).toBe(id)
    expect(text.split('_')[4]?.endsWith(last4)).toBe(true)
  }
})

test('each is another', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newClientSecret('production').text)).size).toBe(1000)
})

test('any single wrong character is noticed before the database is asked', () => {
  const { text } = newClientSecret('production')
  for (let at = 0; at < text.length; at++) {
    const wrong = text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1)
    expect(clientSecretId(wrong), wrong).toBeUndefined()
  }
  for (const none of ['', text.slice(1), `${text}x`, `${text} `, 'dry_sandbox_client___']) expect(clientSecretId(none)).toBeUndefined()
})
