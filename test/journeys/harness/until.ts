import { setTimeout as pause } from 'node:timers/promises'

/** Resolves when the state is as wanted, doing `meanwhile` before each look; throws after `withinMs`. */
export async function until(
  wanted: () => boolean | Promise<boolean>,
  options: { withinMs?: number; meanwhile?: () => Promise<unknown> } = {},
): Promise<void> {
  const { withinMs = 60_000, meanwhile } = options
  const start = performance.now()
  for (;;) {
    await meanwhile?.()
    if (await wanted()) return
    if (performance.now() - start > withinMs) throw new Error(`what was waited for did not come within ${withinMs} ms: ${wanted}`)
    await pause(20)
  }
}
