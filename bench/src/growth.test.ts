import { expect, test } from 'vitest'
import { growthOf } from './growth.ts'

const points = (cost: (size: number) => number) => [10, 100, 1000].map((size) => ({ size, cost: cost(size) }))

test('what grows in proportion, with the square or not at all has the exponent 1, 2 or 0', () => {
  expect(growthOf(points((size) => 3 * size)).exponent).toBeCloseTo(1)
  expect(growthOf(points((size) => size ** 2)).exponent).toBeCloseTo(2)
  expect(growthOf(points(() => 7)).exponent).toBeCloseTo(0)
})

test('points on one line leave no doubt, others leave the more the less they agree', () => {
  const exact = growthOf(points((size) => size))
  expect(exact.most - exact.least).toBeCloseTo(0)
  const rough = growthOf([...points((size) => size), ...points((size) => size * (size === 100 ? 2 : 1))])
  expect(rough.least).toBeLessThan(rough.exponent)
  expect(rough.most).toBeGreaterThan(rough.exponent)
})

test('two points say nothing of growth', () => {
  expect(() => growthOf(points((size) => size).slice(1))).toThrow('three points')
})
