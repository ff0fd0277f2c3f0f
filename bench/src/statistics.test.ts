import { expect, test } from 'vitest'
import { median, quantile, spread } from './statistics.ts'

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
  expect(spread([0, 0])).toBe(0)
})

test('a quantile is one of the values, and as many as its share do not exceed it', () => {
  const values = Array.from({ length: 200 }, (_, at) => 200 - at)
  expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 100, 198, 200])
  expect(() => quantile([], 0.5)).toThrow('a quantile of nothing')
})
