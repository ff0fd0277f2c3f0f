import pg from 'pg'

/** SQLSTATE classes and codes that mean "not now": connection, resources, shut-down, conflicts between transactions. */
const passing = /^(08|53|57P|40001|40P01|55P03|25P0[34])/

const socketFaults = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])

/** Whether a statement was broken off because it took longer than `statementMs` of the connection. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '57014'
}

/** Whether PostgreSQL ended a transaction because whoever had it asked for nothing for too long, see `idleInTransactionMs`. */
export function wasIdle(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '25P03'
}

/** Whether an error means that PostgreSQL is away or busy, so that the same thing may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return passing.test(error.code ?? '')
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway)
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && socketFaults.has(code)) return true
  // The driver's own words for a connection that broke or was not to be had; it gives them no code.
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/.test(
    error.message,
  )
}
