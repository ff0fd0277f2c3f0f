import { expect, test } from 'vitest'
import { median, spread } from './statistics.ts'

test('the median is the middle value, whatever the order', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([7])).toBe(7)
  expect(() => median([])).toThrow('a median of nothing')
})

test('the values given are left as they are', () => {
  const values = [3, 1, 2]
  median(values)
  expect(values).toEqual([3, 1, 2])
})

test('the spread is half of the range, as a share of the median', () => {
  expect(spread([90, 100, 110])).toBeCloseTo(0.1)
  expect(spread([5])).toBe(0)
})
