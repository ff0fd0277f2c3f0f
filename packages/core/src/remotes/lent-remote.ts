import { asFault } from '../faults.ts'
import type { Remote } from './remote.ts'

/**
 * A session that somebody uses for a while: disposing gives it back instead of closing it. What tells that the session
 * is dead is passed on.
 */
export function lentRemote(remote: Remote, { onLost, giveBack }: { onLost(): void; giveBack(): Promise<void> }): Remote {
  const notice = (error: unknown): never => {
    if (asFault(error)?.kind === 'unreachable') onLost()
    throw error
  }
  let given: Promise<void> | undefined
  return {
    usesAtOnce: 1,
    list: (directory, share) => remote.list(directory, share).catch(notice),
    stat: (path) => remote.stat(path).catch(notice),
    async *read(path) {
      try {
        yield* remote.read(path)
      } catch (error) {
        notice(error)
      }
    },
    write: (path, source) => remote.write(path, source).catch(notice),
    move: (from, to) => remote.move(from, to).catch(notice),
    remove: (path) => remote.remove(path).catch(notice),
    makeDirectory: (path) => remote.makeDirectory(path).catch(notice),
    removeDirectory: (path) => remote.removeDirectory(path).catch(notice),
    [Symbol.asyncDispose]: () => {
      given ??= giveBack()
      return given
    },
  }
}
