import { expect, test } from 'vitest'
import { idSeries, newId } from './id.ts'

test('later ids sort later', () => {
  const ids = Array.from({ length: 1000 }, newId)
  expect(ids.toSorted()).toEqual(ids)
})

test('a series sorts in its order, behind its owner and before the next one', () => {
  const [owner, next] = [newId(), newId()]
  const series = idSeries(owner)
  const ids = Array.from({ length: 1000 }, () => series.next())
  expect([owner, ...ids, series.last, next].toSorted()).toEqual([owner, ...ids, series.last, next])
  expect(idSeries(owner).next()).toBe(ids[0])
})

test('a series counts on where the last digits of its owner end', () => {
  expect(idSeries('01900000-0000-7000-8000-ffffffffffff').next()).toBe('01900000-0000-7000-8001-000000000000')
})
