/**
 * A fault is the only way an expected failure leaves a function.
 *
 * `kind` says what the caller may do about it, `code` what happened (stable, `noun.what_happened`), `message` tells a
 * person what happened and what to do next, `details` is for machines. Secrets never enter any of them.
 * Anything thrown that is not a Fault is a bug.
 */
export const faultKinds = {
  invalid: 'the input is wrong; correct it',
  unauthenticated: 'say who you are',
  forbidden: 'you may not do this',
  not_found: 'there is no such thing, or not for you',
  conflict: 'it contradicts what is there',
  precondition: 'it changed since you looked; look again',
  unprocessable: 'it is understood and cannot be done as it stands',
  rate_limited: 'too often; wait',
  unavailable: 'a part of the service is away; try again',
  unreachable: 'the other side did not answer, or stopped answering; try again later',
  refused: 'the other side does not let us in, or must not be trusted; a person has to act',
  denied: 'the other side does not permit this operation now; it may after a person acted there',
  unsupported: 'the other side cannot do this at all',
  fenced: 'somebody else has taken the work over; stop quietly',
} as const

export type FaultKind = keyof typeof faultKinds

export type FaultDetails = Readonly<Record<string, unknown>>

export class Fault extends Error {
  override readonly name = 'Fault'
  readonly kind: FaultKind
  /** Stable: clients, reports and tests are written against it. */
  readonly code: string
  readonly details: FaultDetails

  constructor(kind: FaultKind, code: string, message: string, options: { details?: FaultDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.code = code
    this.details = options.details ?? {}
  }
}

/** The fault that `error` is, or undefined for a bug. */
export function asFault(error: unknown): Fault | undefined {
  return error instanceof Fault ? error : undefined
}
