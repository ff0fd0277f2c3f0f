import type { Socket } from 'node:net'
import { asFault } from '../faults.ts'
import { openDeadline } from './deadline.ts'
import { blocksFrom } from './ftp-blocks.ts'
import { replyOf } from './ftp-control.ts'
import { ftpFault, isLost } from './ftp-faults.ts'
import { addLine, entryOf, type Listed, longestLine, readFacts, readFactsOfOne, readLine } from './ftp-listing.ts'
import { type FtpSession, openFtpSession, type Transfer } from './ftp-session.ts'
import { openFtpTls } from './ftp-tls.ts'
import { type ListingShare, openListingRoom } from './listing-room.ts'
import type { OpenRemoteOptions } from './open-remote.ts'
import { directoryOf, nameOf } from './path.ts'
import type { Listing, OpenedRemote, Remote, RemoteEntry, RemoteLimits } from './remote.ts'
import { remoteFault } from './remote-faults.ts'
import { transferPace } from './transfer-pace.ts'

/** Opens an FTP session: see `openFtpSession` for the faults of getting in, `Remote` for the others. */
export async function openFtp(options: OpenRemoteOptions): Promise<OpenedRemote> {
  return { remote: ftpRemote(await openFtpSession(options), options.limits) }
}

/** The same, encrypted (RFC 4217). */
export async function openFtps(options: OpenRemoteOptions): Promise<OpenedRemote> {
  const session = await openFtpSession({ ...options, tls: openFtpTls(options.endpoint) })
  return { remote: ftpRemote(session, options.limits), certificate: session.certificate }
}

function ftpRemote(session: FtpSession, limits: RemoteLimits): Remote {
  // RFC 3659. Without it a listing is for people to read, and says nothing of a single file.
  const hasFacts = session.features.has('MLST') || session.features.has('MLSD')

  /** Does something at a path when it is its turn, and says in our words why it could not be done. */
  const attempt = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    using _turn = await session.enter()
    try {
      return await work()
    } catch (error) {
      throw ftpFault(error, { path })
    }
  }
  const ask = (command: string, path: string) => session.ask(command, { path })

  /** What is listed at a path, links not followed; undefined where nothing is. */
  async function look(path: string): Promise<Listed | undefined> {
    if (path === '/') return { name: '', type: 'directory', size: 0, modified: '' }
    return hasFacts ? factsAt(path) : lineAt(path)
  }

  async function factsAt(path: string): Promise<Listed | undefined> {
    const reply = await ask(`MLST ${path}`, path).catch(unlessMissing)
    const line = reply?.text.split('\n').find((text) => /^ ?[^ ]*=[^ ]* /.test(text))
    const listed = line === undefined ? undefined : readFactsOfOne(line.replace(/^ /, ''))
    return listed && { ...listed, name: nameOf(path) }
  }

  /** By the listing of its directory: asked for one file, servers take its name for a pattern, and show a directory's content. */
  async function lineAt(path: string): Promise<Listed | undefined> {
    const name = nameOf(path)
    let found: Listed | undefined
    try {
      await eachLine(directoryOf(path), (line) => {
        const listed = readLine(line)
        if (listed?.name === name) found = listed
      })
    } catch (error) {
      if (replyOf(error) === undefined) throw error
      // The directory is there, and nobody may look into it.
      const directory = directoryOf(path)
      if ((await look(directory)) !== undefined) throw remoteFault('remote.permission_denied', { path: directory, cause: error })
    }
    return found
  }

  /** What a link leads to: a file if it has a size, a directory if it can be entered. */
  async function behindLink(path: string): Promise<RemoteEntry | undefined> {
    const size = await ask(`SIZE ${path}`, path).catch(unlessRefusedPath)
    if (size !== undefined) {
      const modified = await ask(`MDTM ${path}`, path).catch(unlessRefusedPath)
      return entryOf({ name: nameOf(path), type: 'file', size: numberIn(size.text), modified: modified?.text.slice(4) ?? '' }, 'file')
    }
    const entered = await ask(`CWD ${path}`, path).catch(unlessRefusedPath)
    return entered && entryOf({ name: nameOf(path), type: 'directory', size: 0, modified: '' }, 'directory')
  }

  async function stat(path: string): Promise<RemoteEntry | undefined> {
    const listed = await look(path)
    if (listed === undefined || listed.type === 'other') return undefined
    return listed.type === 'link' ? behindLink(path) : entryOf(listed, listed.type)
  }

  /** Hands over a directory's listing line by line, in the time and size allowed. */
  async function eachLine(directory: string, take: (line: string) => void, share?: ListingShare): Promise<void> {
    // A directory is entered first: a listing of a path with spaces or patterns in it is another one on some servers.
    await ask(`CWD ${directory}`, directory)
    using deadline = openDeadline(limits.listMs, () => session.end(remoteFault('remote.timed_out', { path: directory })))
    const admit = async (lines: number) => {
      const room = share?.admit(lines)
      if (room !== undefined) await deadline.outside(room)
    }
    const options = { limits, directory, take, admit }
    if (hasFacts) await linesOf(await session.open('MLSD'), options)
    // Without -a what is hidden, and with it our own files, is left out; where that is no option, it is all there is.
    else await linesOf(await session.open('LIST -a').catch(() => session.open('LIST')), options)
  }

  /** A refusal that says neither what nor why: whether the directory is there decides. */
  async function explained(error: unknown, { path, directory }: { path: string; directory: string }): Promise<unknown> {
    const fault = asFault(ftpFault(error, { path }))
    if (fault === undefined || isLost(fault) || fault.code === 'remote.no_space') return error
    if ((await stat(directory)) === undefined) return remoteFault('remote.not_found', { path: directory, cause: error })
    return fault.code === 'remote.operation_failed' || fault.code === 'remote.not_found'
      ? remoteFault('remote.permission_denied', { path, cause: error })
      : fault
  }

  /** Some servers say of what lies in a directory that nobody may enter that it is not there. */
  async function whyMissing(path: string, cause: unknown): Promise<unknown> {
    const directory = directoryOf(path)
    const entered = await ask(`CWD ${directory}`, directory).catch(unlessRefusedPath)
    const closed = entered === undefined && (await look(directory)) !== undefined
    return remoteFault(closed ? 'remote.permission_denied' : 'remote.not_found', { path: closed ? directory : path, cause })
  }

  const pace = () => transferPace({ limits, pieceBytes: 1, underWayBytes: 1, giveUp: session.end })

  return {
    usesAtOnce: 1,

    stat: (path) => attempt(path, () => stat(path)),

    list: (directory, share) =>
      attempt(directory, async () => {
        const found: Listing = { entries: [], refused: [] }
        using room = openListingRoom({ most: limits.listEntries })
        const take = (line: string) => {
          addLine(found, line, hasFacts ? readFacts : readLine)
          if (found.entries.length + found.refused.length > limits.listEntries)
            throw remoteFault('remote.listing_too_large', { path: directory })
        }
        try {
          await eachLine(directory, take, share ?? room.share())
        } catch (error) {
          const fault = asFault(ftpFault(error, { path: directory }))
          if (fault === undefined || isLost(fault) || fault.code === 'remote.listing_too_large' || isOfTheMoment(error)) throw error
          const there = await stat(directory)
          throw remoteFault(there?.type === 'directory' ? 'remote.permission_denied' : 'remote.not_found', {
            path: directory,
            cause: error,
          })
        }
        return found
      }),

    async *read(path) {
      using _turn = await session.enter()
      try {
        const transfer = await session.open(`RETR ${path}`).catch(async (error: unknown) => {
          if (replyOf(error) === undefined || (await stat(path)) !== undefined) throw error
          throw remoteFault('remote.not_found', { path, cause: error })
        })
        yield* chunksOf(transfer, pace())
      } catch (error) {
        throw ftpFault(error, { path })
      }
    },

    write: (path, source) =>
      attempt(path, async () => {
        const transfer = await session.open(`STOR ${path}`).catch(async (error: unknown) => {
          throw replyOf(error) === undefined ? error : await explained(error, { path, directory: directoryOf(path) })
        })
        return { bytes: await pour(source, transfer, pace()) }
      }),

    move: (from, to) =>
      attempt(from, async () => {
        // Servers overwrite, and some take away a file that is renamed to itself.
        if ((await look(to)) !== undefined) throw remoteFault('remote.exists', { path: to })
        await ask(`RNFR ${from}`, from).catch(async (error: unknown) => {
          unlessMissing(error)
          if ((await look(from)) !== undefined) throw error
          throw await whyMissing(from, error)
        })
        await ask(`RNTO ${to}`, to).catch(async (error: unknown) => {
          if (replyOf(error) === undefined) throw error
          if ((await look(from)) === undefined) throw await whyMissing(from, error)
          if ((await look(to)) !== undefined) throw remoteFault('remote.exists', { path: to, cause: error })
          throw await explained(error, { path: to, directory: directoryOf(to) })
        })
      }),

    remove: (path) =>
      attempt(path, async () => {
        await ask(`DELE ${path}`, path).catch(async (error: unknown) => {
          if (replyOf(error) === undefined || (await look(path)) !== undefined) throw error
        })
      }),

    makeDirectory: (path) =>
      attempt(path, async () => {
        await ask(`MKD ${path}`, path).catch(async (error: unknown) => {
          if (replyOf(error) === undefined) throw error
          const there = await stat(path)
          if (there?.type === 'file') throw remoteFault('remote.exists', { path, cause: error })
          if (there === undefined) throw await explained(error, { path, directory: directoryOf(path) })
        })
      }),

    removeDirectory: (path) =>
      attempt(path, async () => {
        await ask(`RMD ${path}`, path).catch(async (error: unknown) => {
          if (replyOf(error) === undefined || (await look(path)) !== undefined) throw error
        })
      }),

    [Symbol.asyncDispose]: session.dispose,
  }
}

/** The lines of a listing. More than allowed: the rest is not waited for, and the session goes on. */
type LineOptions = { limits: RemoteLimits; directory: string; take(line: string): void; admit(lines: number): Promise<void> }

async function linesOf(transfer: Transfer, options: LineOptions): Promise<void> {
  const { limits, directory, take, admit } = options
  let bytes = 0
  let count = 0
  let rest = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of blocksFrom(transfer.data)) {
      bytes += chunk.length
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      // Of a line that is too long no more is kept than shows it: it would be searched again with every piece.
      rest = (lines.pop() ?? '').slice(0, longestLine + 1)
      count += lines.length
      // Some lines are no entries.
      if (bytes > limits.listBytes || count > limits.listEntries + 10) throw remoteFault('remote.listing_too_large', { path: directory })
      await admit(lines.length)
      for (const line of lines) take(line.replace(/\r$/, ''))
    }
    if (rest !== '') take(rest.replace(/\r$/, ''))
  } catch (error) {
    await transfer.abandon()
    throw error
  }
  await transfer.done()
}

/** What arrives, to its end, which the server has to confirm. */
async function* chunksOf(transfer: Transfer, pace: ReturnType<typeof transferPace>): AsyncGenerator<Buffer, void, void> {
  const chunks = blocksFrom(transfer.data)
  let whole = false
  try {
    for (;;) {
      const next = await pace.wait(chunks.next())
      if (next.done === true) break
      pace.gained(next.value.length)
      yield next.value
    }
    await pace.wait(transfer.done())
    whole = true
  } catch (error) {
    // What broke the data off is told on the control connection, if anybody knows.
    if (replyOf(error) !== undefined || isLost(error)) throw error
    await transfer.done()
    throw remoteFault('remote.connection_lost', { cause: error })
  } finally {
    if (!whole) await transfer.abandon()
  }
}

/** Sends all of a source, and waits until the server has it. @returns how many bytes that were */
async function pour(source: AsyncIterable<Buffer>, transfer: Transfer, pace: ReturnType<typeof transferPace>): Promise<number> {
  const { data, done } = transfer
  let bytes = 0
  try {
    for await (const chunk of source) {
      if (chunk.length === 0) continue
      try {
        await pace.wait(written(data, chunk))
      } catch (error) {
        // A server that takes no more says why on the control connection.
        await done()
        throw remoteFault('remote.connection_lost', { cause: error })
      }
      bytes += chunk.length
      pace.gained(chunk.length)
    }
  } catch (error) {
    await transfer.abandon()
    throw error
  }
  await pace.wait(new Promise<void>((resolve) => data.end(resolve)))
  await done()
  return bytes
}

function written(data: Socket, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (data.destroyed) return reject(new Error('the data connection is closed'))
    const closed = () => reject(new Error('the data connection was closed'))
    data.once('close', closed)
    data.write(chunk, (error) => {
      data.off('close', closed)
      if (error) reject(error)
      else resolve()
    })
  })
}

/** RFC 959 4.2: a refusal in the four hundreds may be none a minute later. */
function isOfTheMoment(error: unknown): boolean {
  return (replyOf(error)?.code ?? 500) < 500
}

/** Nothing is there, or nothing that anybody may see: only a refusal in so many words is one. */
function unlessMissing(error: unknown): undefined {
  if (replyOf(error) === undefined || asFault(ftpFault(error, {}))?.code === 'remote.permission_denied') throw error
}

function unlessRefusedPath(error: unknown): undefined {
  if (replyOf(error) === undefined) throw error
}

function numberIn(text: string): number {
  return Math.min(Number(/^\d{3} (\d+)/.exec(text)?.[1] ?? 0), Number.MAX_SAFE_INTEGER)
}
