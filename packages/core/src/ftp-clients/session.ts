import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { Context } from '../context.ts'
import { asFault } from '../faults.ts'
import type { Remote } from '../remotes/remote.ts'
import type { Borrowed } from '../remotes/sessions.ts'
import { endpointOf } from './endpoint.ts'

/** A session that was idle for longer is tried before anything is changed through it. */
const triedAfterMs = 5_000

/** Sessions that one user may have open with one server, unless the client says otherwise: one to look, one to carry. */
export const defaultMaxSessions = 2

/** What has no more than this on its way at any moment does not keep others waiting who use the same session. */
const littleBytes = 64 * 1024

/**
 * Aborted, the signal ends the wait or the session. `bytes` is what is moved over it at most, in one go: for little the
 * session may be one that others use as well.
 */
type Use = { signal: AbortSignal; bytes: number }

/** A session with a client's server, to make changes over; kept open after use where the worker keeps sessions. */
export async function openSession(ctx: Context, client: FtpClientRow, use: Use): Promise<Remote> {
  for (;;) {
    const { remote, idleMs = 0 } = await borrow(ctx, client, use)
    if (idleMs < triedAfterMs || (await answers(remote, client))) return remote
    await remote[Symbol.asyncDispose]()
  }
}

/**
 * Does `look` over a session. One that was open before and turns out to be dead is replaced: a look can be begun anew, while
 * of a change nobody knows whether it took place.
 */
export async function lookOver<T>(
  ctx: Context,
  client: FtpClientRow,
  { signal, look }: Pick<Use, 'signal'> & { look(remote: Remote): Promise<T> },
): Promise<T> {
  for (;;) {
    // Of a listing one piece is asked for at a time.
    const { remote, idleMs } = await borrow(ctx, client, { signal, bytes: 0 })
    await using session = remote
    try {
      return await look(session)
    } catch (error) {
      if (idleMs === undefined || asFault(error)?.kind !== 'unreachable' || signal.aborted) throw error
    }
  }
}

/**
 * Opens sessions of a connection test's: within the cap that everybody keeps, and although the endpoint was in trouble,
 * because it may have been mended.
 */
export function openWithinCap(ctx: Context, { maxSessions, signal }: Pick<Use, 'signal'> & { maxSessions: number }): Context['openRemote'] {
  const { sessions, openRemote } = ctx
  if (sessions === undefined) return openRemote
  return async (at) => {
    const room = await sessions.reserve({ endpoint: endpointKey(ctx, at), most: maxSessions, signal })
    try {
      const opened = await openRemote(at)
      await room.answered()
      const giveBack = () => room[Symbol.asyncDispose]()
      const end = () => opened.remote[Symbol.asyncDispose]().then(giveBack)
      return { ...opened, remote: { ...opened.remote, [Symbol.asyncDispose]: end } }
    } catch (error) {
      await room[Symbol.asyncDispose]()
      throw error
    }
  }
}

async function borrow(ctx: Context, client: FtpClientRow, { signal, bytes }: Use): Promise<Borrowed> {
  const enter = () => ctx.db.inWorkspace(client.workspaceId, (transaction) => endpointOf(ctx, transaction, client))
  if (ctx.sessions === undefined) return ctx.openRemote(await enter())
  // The digest is one of connection fields and secrets: what it changes with opens no session of before.
  const owner = `${client.id} ${client.configDigest}`
  return ctx.sessions.borrow({
    endpoint: endpointKey(ctx, client),
    owner,
    most: client.maxSessions,
    shares: bytes <= littleBytes,
    enter,
    signal,
  })
}

/** Who shares a cap: everybody who is the same user of the same server, in whatever workspace. */
export function endpointKey(ctx: Context, at: { host: string; port: number; username: string }): string {
  return ctx.secrets.digest(`endpoint|${at.host}|${at.port}|${at.username}`)
}

async function answers(remote: Remote, client: FtpClientRow): Promise<boolean> {
  try {
    await remote.stat(client.baseDirectory)
    return true
  } catch (error) {
    return asFault(error)?.kind !== 'unreachable'
  }
}
