import { expect, test, vi } from 'vitest'
import type { Readings } from './bench.ts'
import { measure } from './measure.ts'

/** Sides that note the order they run in and take as long as they are told. */
function sides(times: Record<string, number>) {
  const order: string[] = []
  const clock = vi.spyOn(performance, 'now')
  let now = 0
  clock.mockImplementation(() => now)
  const side = (name: string) => ({
    name,
    run: async (): Promise<Readings> => {
      order.push(name)
      now += (times[name] ?? 0) * 1000
      return { seconds: times[name] ?? 0 }
    },
  })
  return { order, side, [Symbol.dispose]: () => clock.mockRestore() }
}
const quietly = { rounds: 3, settle: async () => {}, onRun: () => {} }

test('sides take turns', async () => {
  using made = sides({ a: 1, b: 1 })
  const samples = await measure({ ours: made.side('a'), peers: [made.side('b')] }, quietly)
  expect(made.order.join('')).toBe('ababab')
  expect(samples.get('b')).toHaveLength(3)
})

test('a peer more than five times slower runs once, one five times slower each round', async () => {
  using made = sides({ a: 1, b: 5, c: 5.1 })
  await measure({ ours: made.side('a'), peers: [made.side('b'), made.side('c')] }, quietly)
  expect(made.order.join('')).toBe('abcabab')
})

test('a side that says so runs once', async () => {
  using made = sides({ a: 1, b: 1 })
  await measure({ ours: made.side('a'), peers: [{ ...made.side('b'), once: true }] }, quietly)
  expect(made.order.join('')).toBe('abaa')
})

test('the machine settles before each run, which that does not lengthen', async () => {
  using made = sides({ a: 1, b: 1 })
  const settle = async () => void made.order.push('-')
  const told: number[] = []
  await measure({ ours: made.side('a'), peers: [made.side('b')] }, { rounds: 2, settle, onRun: ({ seconds }) => told.push(seconds) })
  expect(made.order.join('')).toBe('-a-b-a-b')
  expect(told).toEqual([1, 1, 1, 1])
})

test('each run is told as it ends', async () => {
  using made = sides({ a: 2 })
  const told: string[] = []
  const onRun = (run: { side: string; round: number; seconds: number }) => told.push(`${run.side} ${run.round} ${run.seconds}`)
  await measure({ ours: made.side('a'), peers: [] }, { ...quietly, rounds: 2, onRun })
  expect(told).toEqual(['a 1 2', 'a 2 2'])
})
