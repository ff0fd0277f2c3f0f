import { expect, test } from 'vitest'
import { latenessOf, percentile } from './lateness.ts'

test('a look is as late as its server saw it after it was due', () => {
  const dues = [
    { ftpClientId: 'a', due: 1_000 },
    { ftpClientId: 'a', due: 61_000 },
    { ftpClientId: 'b', due: 2_000 },
  ]
  const looks = [
    { username: 'a', at: 61_500 },
    { username: 'a', at: 1_250 },
    { username: 'b', at: 4_000 },
  ]
  expect(latenessOf(dues, looks, { from: 0, to: 70_000, healthy: new Set(['a', 'b']) })).toEqual([0.25, 0.5, 2])
})

test('a look that no server saw is late to the end, and those at sick servers do not count', () => {
  const dues = [
    { ftpClientId: 'lost', due: 1_000 },
    { ftpClientId: 'sick', due: 1_000 },
    { ftpClientId: 'lost', due: 99_000 },
  ]
  expect(latenessOf(dues, [], { from: 0, to: 10_000, healthy: new Set(['lost']) })).toEqual([9])
})

test('a percentile is the value that so many of a hundred are not above', () => {
  const values = Array.from({ length: 200 }, (_, at) => 200 - at)
  expect([1, 50, 99, 100].map((percent) => percentile(values, percent))).toEqual([2, 100, 198, 200])
})
