import { setTimeout as pause } from 'node:timers/promises'

/** Resolves when the state is as wanted; throws after `withinMs`. */
export async function until(wanted: () => boolean | Promise<boolean>, options: { withinMs?: number } = {}): Promise<void> {
  const { withinMs = 60_000 } = options
  const start = performance.now()
  while (!(await wanted())) {
    if (performance.now() - start > withinMs) throw new Error(`what was waited for did not come within ${withinMs} ms: ${wanted}`)
    await pause(20)
  }
}
