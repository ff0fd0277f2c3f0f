import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openDeadline } from './deadline.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('what is not the server’s does not count against it', async () => {
  const late = vi.fn()
  using deadline = openDeadline(100, late)
  vi.advanceTimersByTime(60)
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const waits = [deadline.outside(one.promise), deadline.outside(other.promise)]
  vi.advanceTimersByTime(10_000)
  one.resolve()
  await waits[0]
  vi.advanceTimersByTime(10_000)
  other.resolve()
  await waits[1]
  vi.advanceTimersByTime(39)
  expect(late).not.toHaveBeenCalled()
  vi.advanceTimersByTime(2)
  expect(late).toHaveBeenCalledOnce()
})

test('one that was kept is never called late', () => {
  const late = vi.fn()
  openDeadline(100, late)[Symbol.dispose]()
  vi.advanceTimersByTime(1_000)
  expect(late).not.toHaveBeenCalled()
})
