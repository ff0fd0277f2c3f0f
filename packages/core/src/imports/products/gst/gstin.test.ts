import { describe, expect, test } from 'vitest'
import { checkCharacter, gstinKind } from './gstin.ts'

const valid = [
  '12GEOPS0823BBZH',
  '27AAPFU0939F1ZV',
  '29AAGCB7383J1Z4',
  '24AAQCA8719H1ZC',
  '24AABCR6898M1ZN',
  '29AABCR1718E1ZL',
  '25AAAPP1234B5ZC',
  '29AEKPV7203E1Z9',
]

describe('check character', () => {
  test.each(valid)('%s has the right one', (gstin) => {
    expect(checkCharacter(gstin)).toBe(gstin.charAt(14))
  })

  test.each(['29AAFCD5862R000', '01AMBPG7773M002', '37BZNPM9430M1KL', '27ABCDE1234F1Z5'])(
    '%s, of the test systems, has a wrong one',
    (gstin) => {
      expect(checkCharacter(gstin)).not.toBe(gstin.charAt(14))
    },
  )

  test('any one mistyped character is noticed', () => {
    const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    for (const gstin of valid) {
      for (let at = 0; at < 14; at++) {
        const other = alphabet.charAt((alphabet.indexOf(gstin.charAt(at)) + 1) % 36)
        expect(checkCharacter(gstin.slice(0, at) + other + gstin.slice(at + 1))).not.toBe(gstin.charAt(14))
      }
    }
  })
})

describe('kind', () => {
  test.each([
    ['27AAPFU0939F1ZV', 'regular'],
    ['29AAFCD5862R000', undefined],
    ['27MUMA12345B1Z5', 'government'],
    ['27MUMA12345BAZ5', undefined],
    ['27MUMA12345B1D5', 'tax_deductor'],
    ['27AAPFU0939F1C5', 'ecommerce_operator'],
    ['2717USA12345UN1', 'united_nations'],
    ['2717USA12345ON1', 'united_nations'],
    ['2717USA12345NRZ', 'non_resident'],
    ['9917USA12345OSZ', 'online_service'],
    ['2717USA12345OSZ', undefined],
    ['39AAPFU0939F1ZV', undefined],
    ['00AAPFU0939F1ZV', undefined],
    ['27AAPFU0939F0ZV', undefined],
    ['27aapfu0939f1zv', undefined],
    ['27AAPFU0939F1Z', undefined],
    ['27AAPFU0939F1ZVX', undefined],
    ['', undefined],
  ])('%s is %s', (gstin, kind) => {
    expect(gstinKind(gstin)).toBe(kind)
  })
})
