import { expect, test } from 'vitest'
import { together } from './together.ts'

test('what is asked for in one turn is asked together, and each gets its own answer', async () => {
  const calls: number[][] = []
  const double = together(async (numbers: readonly number[]) => {
    calls.push([...numbers])
    return numbers.map((number) => number * 2)
  })
  expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6])
  expect(await double(4)).toBe(8)
  expect(calls).toEqual([[1, 2, 3], [4]])
})

test('a question that fails fails for all who asked with it, and for nobody later', async () => {
  let away = true
  const echo = together(async (words: readonly string[]) => {
    if (away) throw new Error('away')
    return words
  })
  const asked = await Promise.allSettled([echo('a'), echo('b')])
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  away = false
  expect(await echo('c')).toBe('c')
})
