import { expect, test } from 'vitest'
import { fit, throughput } from './model.ts'

test('without anything shared the rate grows with the places', () => {
  expect(throughput({ shared: 0, apart: 0.5 }, 16)).toBeCloseTo(32)
})

test('what is shared bounds the rate, however many places there are', () => {
  expect(throughput({ shared: 0.1, apart: 0.4 }, 1)).toBeCloseTo(2)
  expect(throughput({ shared: 0.1, apart: 0.4 }, 1000)).toBeCloseTo(10)
})

test('two measurements are explained, and a third is foreseen', () => {
  const model = { shared: 0.03, apart: 0.6 }
  const at = (places: number) => ({ places, rate: throughput(model, places) })
  const found = fit(at(4), at(8))
  expect(found.shared).toBeCloseTo(0.03)
  expect(found.apart).toBeCloseTo(0.6)
  expect(throughput(found, 16)).toBeCloseTo(at(16).rate)
})

test('where twice the places bring more than twice the files, nothing counts as shared', () => {
  expect(fit({ places: 4, rate: 8 }, { places: 8, rate: 17 }).shared).toBeCloseTo(0)
})
