import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isMailAddress, mailAddress } from './mail-address.ts'

test('an address is one address whatever is put into it', () => {
  const poison = fc.constantFrom('\r', '\n', '\0', ' ', ',', ';', ':', '<', '>', '"', '(', ')', '[', ']', '\\', 'é', '\u202e')
  fc.assert(
    fc.property(fc.constantFrom('a@example.com', 'a.b+c@mail.example.in'), fc.nat(30), poison, (address, at, bad) => {
      const cut = at % (address.length + 1)
      expect(isMailAddress(address.slice(0, cut) + bad + address.slice(cut))).toBe(false)
    }),
  )
})

test('what is taken has one @, two labels and no more than 254 characters', () => {
  fc.assert(
    fc.property(fc.oneof(fc.emailAddress(), fc.string()), (text) => {
      const lower = text.toLowerCase()
      if (!isMailAddress(lower)) return
      expect(lower.length).toBeLessThanOrEqual(254)
      expect(lower).toMatch(/^[^@]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/)
      expect(mailAddress.parse(` ${text} `)).toBe(lower)
    }),
  )
})
