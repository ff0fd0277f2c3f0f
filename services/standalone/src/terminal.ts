import type { Log } from '@drayage/core/context'

export function say(line: string): void {
  console.log(line)
}

/** The time of day, for the beginning of a line. */
export function clock(): string {
  return new Date().toTimeString().slice(0, 8)
}

/** A log for people: troubles in a line each, the rest left out. */
export const terminalLog: Log = {
  debug: () => {},
  info: () => {},
  warn: (_, message) => console.error(message),
  error: (_, message) => console.error(message),
}

/** Aborted when somebody asks us to stop. Asked twice, we are gone at once. */
export function stopSignal(): AbortSignal {
  const stopped = new AbortController()
  const stop = () => {
    if (stopped.signal.aborted) process.exit(130)
    stopped.abort(new Error('Stopped.'))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  return stopped.signal
}
