import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPlainNumber, paise, readNumber, rupees } from './amounts.ts'

test.each([
  ['1,18,000', '118000.00'],
  ['₹ 1,180.5', '1180.50'],
  ['.5', '0.50'],
  ['5.', '5.00'],
  ['+7', '7.00'],
  ['-5', '-5.00'],
  ['-0.00', '0.00'],
  ['007', '7.00'],
])('%s is read as %s', (cell, text) => {
  expect(readNumber(cell, 2)).toEqual({ text, rounded: false })
})

test.each([
  ['1.005', '1.01'],
  ['1.004', '1.00'],
  ['0.995', '1.00'],
  ['9999999999999.994', '9999999999999.99'],
])('%s is rounded to %s', (cell, text) => {
  expect(readNumber(cell, 2)).toEqual({ text, rounded: true })
})

test('zeros behind the decimals are not rounded away', () => {
  expect(readNumber('1.5000', 2)).toEqual({ text: '1.50', rounded: false })
})

test.each(['', '.', '-', 'N/A', '1.5E+05', '12345678901234', '9999999999999.995', '1-2', '1.2.3', '--1', '0x10'])(
  '%j is no number',
  (cell) => {
    expect(readNumber(cell, 2)).toBeUndefined()
  },
)

test('a plain number is what it says, to the paisa', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 15 - 1 }), (amount) => {
      const text = `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`
      expect(isPlainNumber(text)).toBe(true)
      expect(paise(text)).toBe(amount)
      expect(readNumber(text, 2)?.text).toBe(text)
    }),
  )
  expect([paise('5'), paise('5.5'), paise(''), rupees(123450)]).toEqual([500, 550, 0, '1234.50'])
})
