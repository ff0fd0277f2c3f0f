import { expect, test, vi } from 'vitest'
import { every } from './every.ts'

test('it goes on after a failure, which it tells once', async () => {
  const told: string[] = []
  const tell = (_: object, message: string) => void told.push(message)
  let times = 0
  const repeated = every(1, {
    name: 'scan',
    log: { debug: tell, info: tell, warn: tell, error: tell },
    work: async () => {
      if (++times < 4) throw new Error('away')
    },
  })
  await vi.waitFor(() => expect(times).toBeGreaterThan(5))
  await repeated.stop()
  expect(told).toEqual(['scan: failed; trying again', 'scan: works again'])
})

test('stopping waits for the work at hand and not for the pause', async () => {
  const quiet = () => {}
  const gate = Promise.withResolvers<void>()
  let ended = false
  const repeated = every(60_000, {
    name: 'scan',
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    work: async () => {
      await gate.promise
      ended = true
    },
  })
  const stopped = repeated.stop()
  gate.resolve()
  await stopped
  expect(ended).toBe(true)
})
