import type { IncomingMessage } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { asFault, type Fault, type FaultKind } from '@drayage/core/faults'
import type { InputError } from '@drayage/core/input-faults'
import { isDatabaseAway, isTooSlow } from '@drayage/db/database-away'
import type { FastifyReply } from 'fastify'

/** The status with which each kind of fault is answered. */
export const httpStatus = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  fenced: 409,
  precondition: 412,
  unprocessable: 422,
  unsupported: 422,
  refused: 422,
  denied: 422,
  rate_limited: 429,
  unreachable: 503,
  unavailable: 503,
} as const satisfies Record<FaultKind, number>

/** What a caller is told about an error, in whatever form the transport has for it. */
export type Problem = {
  status: number
  code: string
  detail: string
  errors?: readonly InputError[]
  /** When it is worth trying again. */
  retryAfterSeconds?: number
}

const databaseAway: Problem = {
  status: 503,
  code: 'service.database_away',
  detail: 'The service cannot reach its database now. Try again in a few seconds.',
  retryAfterSeconds: 5,
}

const tooLong: Problem = {
  status: 503,
  code: 'http.too_slow',
  detail: 'The service took too long for this request. Try again, or ask for less at once.',
  retryAfterSeconds: 5,
}

const bug: Problem = {
  status: 500,
  code: 'http.bug',
  detail: 'Something unexpected happened on our side. Try again; if it happens again, tell us the request id.',
}

/** A 500 is a bug of ours, and says nothing of what is inside; whoever answers with it logs the error. */
export function problemOf(error: unknown): Problem {
  const fault = asFault(error)
  if (fault !== undefined) return problemOfFault(fault)
  if (isDatabaseAway(error) || (error instanceof Error && isDatabaseAway(error.cause))) return databaseAway
  if (isTooSlow(error)) return tooLong
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string }
  if (code === 'FST_ERR_HANDLER_TIMEOUT') return tooLong
  // What the HTTP library says of a request it cannot read.
  if (statusCode === undefined || statusCode >= 500 || !code?.startsWith('FST_')) return bug
  return { status: statusCode, code: httpCode(statusCode), detail: message ?? '' }
}

function problemOfFault({ kind, code, message, details }: Fault): Problem {
  const status = code === 'version.required' ? 428 : httpStatus[kind]
  const errors = details.errors as readonly InputError[] | undefined
  const waits = status === 429 || status === 503
  const retryAfterSeconds = waits ? Number(details.retryAfterSeconds ?? 5) : undefined
  return { status, code, detail: message, errors, retryAfterSeconds }
}

/** As RFC 9457 has it. `id` is that of the request. */
export function problemBody(problem: Problem, id: string): Record<string, unknown> {
  const { status, code, detail, errors = [] } = problem
  return { type: 'about:blank', title: STATUS_CODES[status], status, detail, code, errors, requestId: id }
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds)
  if (problem.status === 401)
    reply.header('www-authenticate', reply.request.headers.authorization ? 'Bearer error="invalid_token"' : 'Bearer')
  // What of the body was not read yet will not be.
  if (!reply.request.raw.complete) reply.header('connection', 'close')
  reply.header('x-request-id', reply.request.id).serializer(JSON.stringify)
  return reply.code(problem.status).type('application/problem+json').send(problemBody(problem, reply.request.id))
}

/** Answers what is not HTTP, or too slow or too large to be read as a request, and hangs up. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket & { parser?: { incoming?: IncomingMessage } }): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const body = JSON.stringify(problemBody({ status, code: httpCode(status), detail: 'The request cannot be read.' }, ''))
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\nconnection: close`
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

/** `http.not_found` of 404. */
export function httpCode(status: number): string {
  return `http.${(STATUS_CODES[status] ?? 'error').toLowerCase().replace(/[^a-z]+/g, '_')}`
}
