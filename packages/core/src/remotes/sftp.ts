import { asFault } from '../faults.ts'
import { type Deadline, openDeadline } from './deadline.ts'
import { type ListingShare, openListingRoom } from './listing-room.ts'
import { checkName, directoryOf, nameOf, showName } from './path.ts'
import { readAhead } from './read-ahead.ts'
import type { Listing, OpenedRemote, Remote, RemoteEntry, RemoteLimits } from './remote.ts'
import { type RemoteFaultCode, remoteFault } from './remote-faults.ts'
import { statusFault } from './ssh-faults.ts'
import { type FileAttributes, type OpenOptions, openSshSession, type SshSession } from './ssh-session.ts'
import { transferPace } from './transfer-pace.ts'
import { writeBehind } from './write-behind.ts'

/** More than the window of a channel of ours (4 MiB) cannot be on its way; the rest keeps the server's disk busy. */
const mostUnderWay = 5 * 1024 * 1024
/** How much of its window a server holds back for a while, although it has taken the bytes: OpenSSH three packets. */
const windowSlack = 128 * 1024

/** What fits into the server's window is sent as it is, the rest copied first: worth it only where that window is small. */
function mostWritesUnderWay(windowBytes: number): number {
  return windowBytes < 1024 * 1024 ? mostUnderWay : Math.min(mostUnderWay, windowBytes - windowSlack)
}

/** Opens an SFTP session: see `openSshSession` for the faults of getting in, `Remote` for the others. */
export async function openSftp(options: OpenOptions): Promise<OpenedRemote> {
  const session = await openSshSession(options)
  return { remote: sftpRemote(session, options.limits), hostKey: session.hostKey }
}

function sftpRemote(session: SshSession, limits: RemoteLimits): Remote {
  /** Does something at a path in time, and says in our words why it could not be done. */
  const attempt = async <T>(
    at: { path: string; ms?: number; failure?: RemoteFaultCode },
    work: (deadline: Deadline) => Promise<T>,
  ): Promise<T> => {
    using deadline = openDeadline(at.ms ?? limits.commandMs, () => session.end(remoteFault('remote.timed_out', { path: at.path })))
    try {
      return await work(deadline)
    } catch (error) {
      throw statusFault(error, at)
    }
  }

  /** What is at a path, links not followed; undefined where nothing is. */
  const look = (path: string): Promise<FileAttributes | undefined> => attempt({ path }, () => session.lstat(path)).catch(unlessMissing)

  const stat = async (path: string): Promise<RemoteEntry | undefined> => {
    const attributes = await attempt({ path }, () => session.stat(path)).catch(unlessMissing)
    return attributes && entryOf(nameOf(path), attributes, typeOf(attributes) === 'directory' ? 'directory' : 'file')
  }

  const pace = (request: { pieceBytes: number; underWayBytes: number }) => transferPace({ limits, ...request, giveUp: session.end })

  return {
    usesAtOnce: 8,

    stat,

    list: (directory, share) =>
      attempt({ path: directory, ms: limits.listMs }, async (deadline) => {
        using room = openListingRoom({ most: limits.listEntries })
        const handle = await session.openDirectory(directory)
        try {
          return await listing(session, { directory, handle, limits, deadline, share: share ?? room.share() })
        } finally {
          await session.close(handle).catch(() => {})
        }
      }),

    async *read(path) {
      const handle = await attempt({ path }, () => session.open(path, 'r'))
      try {
        yield* readAhead({
          readAt: (offset, bytes) => session.read(handle, offset, bytes),
          giveBack: session.giveBack,
          pace: pace({ pieceBytes: session.readBytes, underWayBytes: mostUnderWay }),
        })
      } catch (error) {
        throw statusFault(error, { path })
      } finally {
        session.rest()
        // A server may refuse to move a file that is open.
        await attempt({ path }, () => session.close(handle)).catch(() => {})
      }
    },

    write: async (path, source) => {
      const handle = await attempt({ path }, () => session.open(path, 'w'))
      const writeAt = (offset: number, piece: Buffer) =>
        session.write(handle, offset, piece).catch((error: unknown) => {
          // "Failure" and no more is what a full disk looks like.
          throw statusFault(error, { path, failure: 'remote.no_space' })
        })
      let bytes: number
      try {
        const underWayBytes = mostWritesUnderWay(session.writeWindowBytes)
        bytes = await writeBehind({ source, writeAt, pace: pace({ pieceBytes: session.writeBytes, underWayBytes }) })
      } catch (error) {
        await attempt({ path }, () => session.close(handle)).catch(() => {})
        throw error
      } finally {
        session.rest()
      }
      await attempt({ path, failure: 'remote.no_space' }, () => session.close(handle))
      return { bytes }
    },

    move: async (from, to) => {
      // Version 3 says that a rename never overwrites; some servers do, and one deletes a file that is renamed to itself.
      if ((await look(to)) !== undefined) throw remoteFault('remote.exists', { path: to })
      await attempt({ path: from }, () => session.rename(from, to)).catch(async (error: unknown) => {
        const code = asFault(error)?.code
        if (code !== 'remote.operation_failed' && code !== 'remote.not_found') throw error
        if ((await look(from)) === undefined) throw remoteFault('remote.not_found', { path: from, cause: error })
        if ((await look(to)) !== undefined) throw remoteFault('remote.exists', { path: to, cause: error })
        if ((await look(directoryOf(to))) === undefined) throw remoteFault('remote.not_found', { path: directoryOf(to), cause: error })
        throw error
      })
    },

    remove: (path) =>
      attempt({ path }, () => session.remove(path)).catch(async (error: unknown) => {
        if (isLost(error) || (await look(path)) !== undefined) throw error
      }),

    makeDirectory: (path) =>
      attempt({ path }, () => session.makeDirectory(path)).catch(async (error: unknown) => {
        if (isLost(error)) throw error
        const there = await stat(path)
        if (there?.type === 'file') throw remoteFault('remote.exists', { path, cause: error })
        if (there === undefined) throw error
      }),

    removeDirectory: (path) =>
      attempt({ path }, () => session.removeDirectory(path)).catch(async (error: unknown) => {
        if (isLost(error) || (await look(path)) !== undefined) throw error
      }),

    [Symbol.asyncDispose]: session.dispose,
  }
}

async function listing(
  session: SshSession,
  options: { directory: string; handle: Buffer; limits: RemoteLimits; deadline: Deadline; share: ListingShare },
): Promise<Listing> {
  const { directory, handle, limits, deadline, share } = options
  const found: Listing = { entries: [], refused: [] }
  let count = 0
  let bytes = 0
  // Most folders come in one page, and the next answer says that it was the last one.
  const asked = [session.readDirectory(handle), session.readDirectory(handle)]
  for (const answer of asked) answer.catch(() => {})
  const next = () => asked.shift() ?? session.readDirectory(handle)
  for (let page = await next(); page !== undefined; page = await next()) {
    // An empty page counts too, so that a server that sends nothing else comes to an end.
    count += Math.max(1, page.length)
    bytes += page.reduce((sum, { filename, longname }) => sum + Buffer.byteLength(filename) + Buffer.byteLength(longname), 0)
    if (count > limits.listEntries || bytes > limits.listBytes) throw remoteFault('remote.listing_too_large', { path: directory })
    const room = share.admit(page.length)
    if (room !== undefined) await deadline.outside(room)
    for (const { filename, longname, attrs } of page) {
      const type = typeOf(attrs, longname)
      if (type === 'other') continue
      const reason = checkName(filename)
      if (reason === undefined) found.entries.push(entryOf(filename, attrs, type))
      else found.refused.push({ shown: showName(filename), reason })
    }
  }
  return found
}

function entryOf(name: string, attributes: FileAttributes, type: RemoteEntry['type']): RemoteEntry {
  // A size beyond what a number holds exactly is a lie, and larger than any limit either way.
  const size = type === 'file' ? Math.min(attributes.size ?? 0, Number.MAX_SAFE_INTEGER) : 0
  return { name, type, size, modified: String(attributes.mtime ?? '') }
}

/** Source: POSIX `st_mode`; servers that send no type there show it in the first letter of what `ls -l` would print. */
function typeOf({ mode = 0 }: FileAttributes, longname = '-'): 'file' | 'directory' | 'other' {
  const type = mode & 0o170000
  if (type === 0) return longname.startsWith('d') ? 'directory' : /^[lcbps]/.test(longname) ? 'other' : 'file'
  if (type === 0o040000) return 'directory'
  return type === 0o100000 ? 'file' : 'other'
}

function isLost(error: unknown): boolean {
  return asFault(error)?.kind === 'unreachable'
}

function unlessMissing(error: unknown): undefined {
  if (asFault(error)?.code !== 'remote.not_found') throw error
}
