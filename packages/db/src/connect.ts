import pg from 'pg'
import { isDatabaseAway } from './database-away.ts'
import { DrizzleQueryError, drizzle, type NodePgDatabase } from './drizzle.ts'

/** A connection that is in a transaction. */
export type Client = pg.PoolClient

/** One transaction: `tx` for queries written with drizzle, `client` for COPY and hand-written SQL on the same connection. */
export type Transaction = { tx: NodePgDatabase; client: Client }

/**
 * A service's way into PostgreSQL. There is no way round a transaction, because the transaction carries whose rows may
 * be seen.
 */
export type Database = {
  /**
   * Runs `work` in one transaction that sees the rows of these workspaces only; commits when it resolves, rolls back
   * when it throws. An empty list sees nothing.
   */
  inWorkspace<T>(workspaceIds: string | readonly string[], work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Runs `work`, which is one statement about what belongs to no workspace, outside of any transaction of ours. */
  statement<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Runs `work` as the role that sees timing columns across workspaces and nothing else. */
  sweep<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /**
   * Resolves when PostgreSQL answers; throws what the driver says when it does not. Has a connection of its own: that all
   * others are in use says nothing about PostgreSQL.
   */
  ping(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export type DatabaseRole = 'drayage_api' | 'drayage_worker'

export type ConnectOptions = {
  url: string
  role: DatabaseRole
  /** Connections for `inWorkspace`; one more is kept for sweeps, and one for pings. */
  connections: number
  /** Milliseconds to wait for a free connection before `inWorkspace` throws. */
  waitMs?: number
  /**
   * Milliseconds after which PostgreSQL ends a transaction that asks for nothing: its process was stopped, and would hold
   * its locks for as long as it stays so. None if not given.
   */
  idleInTransactionMs?: number
  /**
   * Milliseconds after which PostgreSQL breaks off a statement (SQLSTATE 57014): whoever asked has given up by then. None if
   * not given.
   */
  statementMs?: number
  /** Told about connections that break while idle; without it they are dropped silently, which is safe. */
  onIdleError?: (error: Error) => void
  /** Told how long each transaction took, however it ended, with the wait for a connection. */
  onTransaction?: (seconds: number) => void
}

export function connect(options: ConnectOptions): Database {
  const pool = openPool({ ...options, role: options.role, size: options.connections })
  const sweepPool = openPool({ ...options, role: 'drayage_sweep', size: 1 })
  const pingPool = openPool({ ...options, role: options.role, size: 1 })
  const { onTransaction } = options
  const timed = async <T>(transaction: Promise<T>): Promise<T> => {
    if (onTransaction === undefined) return transaction
    const start = performance.now()
    try {
      return await transaction
    } finally {
      onTransaction((performance.now() - start) / 1000)
    }
  }

  return {
    inWorkspace: (workspaceIds, work) =>
      timed(transact(pool, { begin: beginFor(typeof workspaceIds === 'string' ? [workspaceIds] : workspaceIds), work })),
    statement: (work) => timed(onConnection(pool, (client) => work({ tx: queriesOf(client), client }))),
    sweep: (work) => timed(transact(sweepPool, { begin: 'begin', work })),
    ping: async () => {
      await pingPool.query('select 1')
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([pool.end(), sweepPool.end(), pingPool.end()])
    },
  }
}

function openPool(options: Omit<ConnectOptions, 'role'> & { role: string; size: number }): pg.Pool {
  const { role, idleInTransactionMs = 0, statementMs = 0 } = options
  const settings = { role, timezone: 'UTC', idle_in_transaction_session_timeout: idleInTransactionMs, statement_timeout: statementMs }
  const pool = new pg.Pool({
    connectionString: options.url,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    max: options.size,
    connectionTimeoutMillis: options.waitMs ?? 10_000,
    keepAlive: true,
    // The temporary tables that a connection keeps are nobody's to vacuum.
    maxLifetimeSeconds: 3600,
  })
  // Without a listener one broken idle connection ends the process.
  pool.on('error', (error) => options.onIdleError?.(error))
  return pool
}

/** Begins a transaction and says whose rows it sees, in one round trip. */
function beginFor(workspaceIds: readonly string[]): string {
  return `begin; select set_config('app.workspaces', ${pg.escapeLiteral(`{${workspaceIds.join(',')}}`)}, true)`
}

function transact<T>(pool: pg.Pool, run: { begin: string; work: (transaction: Transaction) => Promise<T> }): Promise<T> {
  return onConnection(pool, async (client) => {
    await client.query(run.begin)
    const result = await run.work({ tx: queriesOf(client), client })
    const { command } = await client.query('commit')
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement had failed and nobody said so')
    return result
  })
}

/** A connection for `work`, given back without a transaction: one that is still open when `work` throws is rolled back. */
async function onConnection<T>(pool: pg.Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  // A connection that breaks while nothing is asked of it tells why once, and whoever asks next only that it broke.
  let reason: Error | undefined
  const told = (error: Error) => {
    reason ??= error
  }
  client.on('error', told)
  let broken: Error | undefined
  try {
    return await work(client)
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw bare(reason !== undefined && isDatabaseAway(error) ? reason : error)
  } finally {
    client.off('error', told)
    client.release(broken)
  }
}

const builders = new WeakMap<Client, NodePgDatabase>()

/** Drizzle on a connection, which lives for many transactions. */
function queriesOf(client: Client): NodePgDatabase {
  const builder = builders.get(client) ?? drizzle(prepared(client))
  builders.set(client, builder)
  return builder
}

/** Texts of statements that are prepared, with their names. */
const names = new Map<string, string>()
/** A text whose form depends on how much it is given never comes to an end of forms, and a connection keeps all it was told. */
const mostNames = 500

/** The connection with each statement of drizzle's prepared the first time, so that PostgreSQL reads and plans it once. */
function prepared(client: Client): Client {
  const query = (config: pg.QueryConfig, values?: unknown[]) => {
    const { text } = config
    if (!names.has(text) && names.size < mostNames) names.set(text, `drizzle-${names.size}`)
    return client.query({ ...config, name: names.get(text) }, values)
  }
  return Object.assign(Object.create(client), { query })
}

/**
 * The driver's error itself, and nothing of the rows in it: drizzle's wrapper repeats a statement's parameters, and
 * PostgreSQL quotes keys and lines it could not take. Errors are logged, customers' data is not.
 */
function bare(error: unknown): unknown {
  const inner = error instanceof DrizzleQueryError && error.cause !== undefined ? error.cause : error
  if (inner instanceof pg.DatabaseError) Object.assign(inner, { detail: undefined, where: undefined })
  return inner
}
