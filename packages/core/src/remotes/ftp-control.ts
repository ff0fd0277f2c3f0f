import type { Socket } from 'node:net'
import { FTPContext, FTPError } from 'basic-ftp'
import type { Fault } from '../faults.ts'
import { remoteFault } from './remote-faults.ts'

/** A reply, and for one from 400 on the error it is thrown as. */
export type FtpReply = { code: number; text: string }
export type FtpRefusal = Error & { reply: FtpReply }

/** The control connection: one command at a time, each answered in time or the session ends. */
export type FtpControl = {
  /** The first reply to a command, or the one the server begins with; throws a refusal from 400 on. */
  ask(command: string | undefined, options?: { ms?: number; path?: string }): Promise<FtpReply>
  /** A command that moves data: what the server says when it begins, and when it has ended. */
  transfer(command: string): { begun: Promise<void>; ended: Promise<FtpReply> }
  /** Goes on over another socket, which is the same one encrypted. */
  use(socket: Socket): void
  /** Ends the session at once, for this reason. */
  end(fault: Fault): void
  /** Says good-bye and waits for nobody. */
  dispose(): void
  /** Why it ended, if it did. */
  ended(): Fault | undefined
}

const mostReplyBytes = 64 * 1024

/** basic-ftp's reader of replies; it takes every piece that arrives for whole lines, so it is given nothing else. */
type ContextInside = { _onControlSocketData(chunk: string): void }

export function openFtpControl(socket: Socket, limits: { commandMs: number }): FtpControl {
  const context = new FTPContext()
  const inside = context as unknown as ContextInside
  const readLines = inside._onControlSocketData.bind(context)
  let unread = ''
  let endedBy: Fault | undefined
  let greeted = false

  const end = (fault: Fault) => {
    if (endedBy !== undefined) return
    endedBy = fault
    context.closeWithError(fault)
  }
  inside._onControlSocketData = (chunk) => {
    unread += chunk
    // What is no FTP would be waited for until the time is up.
    if (!greeted && unread.length >= 4) {
      greeted = true
      if (!/^\d{3}[ -]/.test(unread)) return end(remoteFault('remote.protocol_error', { server: unread.slice(0, 100) }))
    }
    const at = unread.lastIndexOf('\n')
    if (at < 0) {
      if (unread.length > mostReplyBytes) end(remoteFault('remote.protocol_error'))
      return
    }
    const lines = unread.slice(0, at + 1)
    unread = unread.slice(at + 1)
    readLines(lines)
  }

  /** What a lost connection rejects with says nothing of the reason that we have for it. */
  const reasonOf = (error: unknown) => {
    if (error instanceof FTPError) return refusal(error)
    if (endedBy === undefined) end(remoteFault('remote.connection_lost', { cause: error }))
    return endedBy
  }

  const use = (next: Socket) => {
    unread = ''
    context.socket = next
    // The guard hands sockets out paused.
    next.resume()
  }
  use(socket)

  return {
    use,
    ask: async (command, { ms = limits.commandMs, path } = {}) => {
      if (command !== undefined) mustBeOneLine(command)
      const timer = setTimeout(() => end(remoteFault('remote.timed_out', { path })), ms)
      try {
        const { code, message } = await context.handle(command, (answer, task) => {
          if (answer instanceof Error) task.reject(answer)
          // "Wait a minute" is followed by the reply itself.
          else if (answer.code >= 200) task.resolve(answer)
        })
        return { code, text: message }
      } catch (error) {
        throw reasonOf(error)
      } finally {
        clearTimeout(timer)
      }
    },
    transfer: (command) => {
      const begun = Promise.withResolvers<void>()
      const ended = context
        .handle(command, (answer, task) => {
          if (answer instanceof Error) task.reject(answer)
          else if (answer.code < 200) begun.resolve()
          else task.resolve(answer)
        })
        .then(
          ({ code, message }) => ({ code, text: message }),
          (error: unknown) => {
            throw reasonOf(error)
          },
        )
      // An empty file may be done before it has begun.
      ended.then(() => begun.resolve(), begun.reject)
      begun.promise.catch(() => {})
      return { begun: begun.promise, ended }
    },
    end,
    dispose: () => {
      if (endedBy !== undefined) return
      endedBy = remoteFault('remote.connection_lost')
      context.close()
    },
    ended: () => endedBy,
  }
}

/** A line end within a command would begin another one. Nothing is sent, and the session goes on. */
export function mustBeOneLine(command: string): void {
  if (/[\r\n\0]/.test(command)) throw remoteFault('remote.name_refused', { reason: 'it holds a control character' })
}

function refusal({ code, message }: FTPError): FtpRefusal {
  return Object.assign(new Error(message), { reply: { code, text: message } })
}

export function replyOf(error: unknown): FtpReply | undefined {
  return error instanceof Error && 'reply' in error ? (error as FtpRefusal).reply : undefined
}
