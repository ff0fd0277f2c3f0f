import type { FastifyInstance } from 'fastify'
import { sendProblem } from './errors.ts'

/** How long senders, and the database for them, may take, in milliseconds. */
export type Deadlines = {
  /** For a body that is no file. */
  bodyMs: number
  /** A file must bring `floorBytes` in each such span, however large it is. */
  floorMs: number
  floorBytes: number
  /** From the first byte of a request to the reply. Longer than the longest wait that can be asked for. */
  replyMs: number
  /** The same where a file goes in or out. */
  fileMs: number
  /** For one statement of SQL. Less than `replyMs`, so that nothing goes on that nobody waits for. */
  statementMs: number
  /** For a transaction that asks PostgreSQL for nothing meanwhile. */
  idleInTransactionMs: number
}

export const deadlines: Deadlines = {
  bodyMs: 15_000,
  floorMs: 30_000,
  floorBytes: 32 * 1024,
  replyMs: 40_000,
  fileMs: 3_600_000,
  statementMs: 20_000,
  idleInTransactionMs: 20_000,
}

/** Lets go of who sends too slowly: 408. For the routes of `app`; `kind` says what their bodies are. */
export function watchBodies(app: FastifyInstance, kind: 'json' | 'file', limits: Deadlines): void {
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers
    if (length === '0' && encoding === undefined) return done(null, payload)
    let received = 0
    const look = () => {
      const before = received
      received = request.raw.socket.bytesRead
      if (kind === 'file' && received - before >= limits.floorBytes) return
      clearInterval(timer)
      if (!reply.sent) sendProblem(reply, { status: 408, code: 'http.request_timeout', detail: 'The body came too slowly. Send it again.' })
    }
    const timer = setInterval(look, kind === 'file' ? limits.floorMs : limits.bodyMs)
    payload.once('end', () => clearInterval(timer)).once('close', () => clearInterval(timer))
    done(null, payload)
  })
}
