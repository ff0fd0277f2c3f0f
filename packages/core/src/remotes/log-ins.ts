import { asFault } from '../faults.ts'
import type { Remote } from './remote.ts'

/** For how long what was refused is not tried again: until the client is stopped. */
const refusedMs = 5_000

/** One log-in of an owner of credentials at a time, so that what is refused is tried once and not by all who wait. */
export type LogIns = {
  /** Opens a session after whoever is at it has succeeded; rejects with the fault of one who was refused. */
  enter(owner: string, open: () => Promise<Remote>): Promise<Remote>
  /** The server was seen to let somebody in: what it refused before says nothing. */
  forget(): void
  /** Log-ins under way or refused a moment ago. */
  size(): number
}

export function logInsOnce(): LogIns {
  const latest = new Map<string, Promise<Remote>>()
  return {
    enter: async (owner, open) => {
      await latest.get(owner)
      const opening = open()
      latest.set(owner, opening)
      const forget = () => {
        if (latest.get(owner) === opening) latest.delete(owner)
      }
      opening.then(forget, (error: unknown) => {
        if (asFault(error)?.kind === 'refused') setTimeout(forget, refusedMs).unref()
        else forget()
      })
      return opening
    },
    forget: () => latest.clear(),
    size: () => latest.size,
  }
}
