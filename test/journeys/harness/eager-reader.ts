import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** A customer's program that lists output folders all the time, and reads each result as soon as it sees it. */
export type EagerReader = {
  /** Stops reading. @returns what was in each file when it was first seen, by path */
  stop(): Promise<Map<string, string>>
}

export function readEagerly(folders: readonly string[]): EagerReader {
  const seen = new Map<string, string>()
  let stopped = false
  const reading = (async () => {
    while (!stopped) {
      for (const folder of folders) {
        for (const name of await readdir(folder)) {
          const path = join(folder, name)
          if (!name.startsWith('.') && !seen.has(path)) seen.set(path, await readFile(path, 'utf8'))
        }
      }
      await pause(1)
    }
  })()
  return {
    stop: async () => {
      stopped = true
      await reading
      return seen
    },
  }
}
