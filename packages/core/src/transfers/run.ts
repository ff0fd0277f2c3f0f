import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { Context } from '../context.ts'
import type { FaultKind } from '../faults.ts'
import { openSession } from '../ftp-clients/session.ts'
import type { Action } from '../imports/importer.ts'
import type { Layout } from '../imports/layout.ts'
import type { Remote } from '../remotes/remote.ts'
import type { Lease } from './lease.ts'
import type { SmallFiles } from './stored-file.ts'

/** What becomes of work that ended in a fault: run it again later, end it, or stop the client until a person acts. */
export type AfterFailure = 'retry' | 'give_up' | 'pause_client'

/** Who works, and what the shell decided about faults. */
export type WorkerOptions = {
  /** Unique among all workers that ever ran. */
  worker: string
  /** Aborted when the worker shuts down: what is not done is left for the next one. */
  signal: AbortSignal
  afterFailure: Readonly<Record<FaultKind, AfterFailure>>
}

/** A transfer that this worker holds. */
export type Held = { ctx: Context; lease: Lease }

/** One run over a transfer: what its steps share. */
export type Run = Held & {
  /** Whose settings count; undefined for a file that came by the API. */
  client: FtpClientRow | undefined
  action: Action
  /**
   * Where things are on the client's server. Undefined where nothing is to be done there: for a file that came by the API,
   * and for a replay, whose original and results are read through the API.
   */
  layout: Layout | undefined
  /**
   * The session with the client's server, opened when first asked for.
   *
   * @param use.bytes of the largest file that is moved over it, to or from there; null where nobody knows
   */
  remote(use: { bytes: number | null }): Promise<Remote>
  small: SmallFiles
  /** Gives the session back, so that others can have its room at the server while nothing is moved. */
  leaveRemote(): Promise<void>
}

export function openRun(parts: Pick<Run, 'ctx' | 'lease' | 'client' | 'action' | 'layout'>): Run & AsyncDisposable {
  const { ctx, client } = parts
  let session: Remote | undefined
  const leaveRemote = async () => {
    const leaving = session
    session = undefined
    await leaving?.[Symbol.asyncDispose]()
  }
  return {
    ...parts,
    remote: async ({ bytes }) => {
      if (session !== undefined) return session
      if (client === undefined || parts.layout === undefined) throw new Error('this transfer has nothing to do on a server')
      session = await openSession(ctx, client, { signal: parts.lease.signal, bytes: bytes ?? Number.POSITIVE_INFINITY })
      return session
    },
    small: new Map(),
    leaveRemote,
    [Symbol.asyncDispose]: leaveRemote,
  }
}
