import type { FaultKind } from '@drayage/core/faults'

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
