import { expect, test } from 'vitest'
import { turnstile } from './turnstile.ts'

test('no more pass at once than there are places, and those who wait pass in order', async () => {
  const gate = turnstile({ places: 2 })
  const passed: number[] = []
  let inside = 0
  let most = 0
  await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (who) => {
      using _place = await gate.enter()
      passed.push(who)
      most = Math.max(most, ++inside)
      await Promise.resolve()
      inside--
    }),
  )
  expect(passed).toEqual([1, 2, 3, 4, 5, 6])
  expect(most).toBe(2)
})
