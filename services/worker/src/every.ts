import type { Log } from '@drayage/core/context'

export type Repeated = { stop(): Promise<void> }

/** Does `work` again and again, `ms` after it last ended. What it throws is logged once until it succeeds again. */
export function every(ms: number, options: { name: string; log: Log; work(): Promise<unknown> }): Repeated {
  const { name, log } = options
  const stopped = new AbortController()
  let failing = false
  const ended = repeat()
  return {
    stop: () => {
      stopped.abort()
      return ended
    },
  }

  async function repeat(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await options.work()
        if (failing) log.info({}, `${name}: works again`)
        failing = false
      } catch (error) {
        if (!failing) log.warn({ err: error }, `${name}: failed; trying again`)
        failing = true
      }
      await pause()
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      if (stopped.signal.aborted) return resolve()
      const wake = () => {
        clearTimeout(timer)
        stopped.signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      stopped.signal.addEventListener('abort', wake)
    })
  }
}
