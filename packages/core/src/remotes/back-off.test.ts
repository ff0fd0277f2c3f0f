import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backOffSeconds } from './back-off.ts'

test('tries are 15 seconds apart at first, twice as far each time, and never more than 15 minutes', () => {
  const longest = [0, 1, 2, 3, 10, 100].map((failures) => backOffSeconds(failures, () => 1))
  expect(longest).toEqual([15, 30, 60, 120, 900, 900])
})

test('two workers that failed together do not come back together', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
      const seconds = backOffSeconds(failures, () => chance)
      const longest = backOffSeconds(failures, () => 1)
      return seconds >= longest / 2 && seconds <= longest
    }),
  )
})
