import type { Log } from '@drayage/core/context'
import type { Enqueue, JobName, JobOrigin, Jobs } from '@drayage/core/jobs'
import { jobNames } from '@drayage/core/jobs'
import type { Database, Transaction } from '@drayage/db/connect'
import { sql } from '@drayage/db/drizzle'
import { fromDrizzle, PgBoss } from 'pg-boss'

/**
 * The queue, in PostgreSQL, by pg-boss. A job is a wake-up call whose truth is a row elsewhere, so the queue itself
 * never retries and forgets quickly; what was lost is found again by the due scan.
 */
export type Queue = AsyncDisposable & {
  boss: PgBoss
  enqueue: Enqueue
  /** As `enqueue`, many in one statement. */
  enqueueAll<Name extends JobName>(transaction: Transaction, name: Name, payloads: readonly (Jobs[Name] & JobOrigin)[]): Promise<void>
  /** The same database, telling `committed` which jobs a transaction asked for, once it has committed. */
  watch(db: Database, committed: (names: ReadonlySet<JobName>) => void): Database
}

/** Seconds. A running job is touched well within `heartbeatSeconds`; one that is not belonged to a worker that died. */
const queueOptions = {
  policy: 'standard',
  retryLimit: 0,
  heartbeatSeconds: 60,
  expireInSeconds: 23 * 3600,
  retentionSeconds: 24 * 3600,
  deleteAfterSeconds: 60,
} as const

/** Makes the queue's own tables, the queues, and what the services may do with them. For `migrate({ after })`. */
export async function prepareQueue(client: { query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> }): Promise<void> {
  const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) }
  const boss = new PgBoss({ db, supervise: false, schedule: false })
  boss.on('error', () => {})
  await boss.start()
  for (const name of jobNames) {
    const { policy, ...changeable } = queueOptions
    if (await boss.getQueue(name)) await boss.updateQueue(name, changeable)
    else await boss.createQueue(name, { policy, ...changeable })
  }
  await boss.stop({ graceful: false })
  await client.query(`
    grant usage on schema pgboss to drayage_api, drayage_worker, drayage_sweep;
    grant select on all tables in schema pgboss to drayage_api, drayage_worker, drayage_sweep;
    grant insert on all tables in schema pgboss to drayage_api, drayage_sweep;
    grant insert, update, delete on all tables in schema pgboss to drayage_worker;
    grant execute on all functions in schema pgboss to drayage_api, drayage_worker, drayage_sweep;
  `)
}

/**
 * @param options.role whose rights the queue's own connections have
 * @param options.supervise whether this process clears away ended and abandoned jobs; workers do
 */
export async function openQueue(options: {
  url: string
  role: 'drayage_api' | 'drayage_worker'
  connections: number
  supervise: boolean
  log: Log
}): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: options.url,
    options: `-c role=${options.role}`,
    max: options.connections,
    migrate: false,
    schedule: false,
    supervise: options.supervise,
    maintenanceIntervalSeconds: 60, // ended jobs slow down the fetching of others
    reindex: false,
    monitorVacuum: false,
  })
  // Without a listener a restart of PostgreSQL would end the process.
  boss.on('error', (error) => options.log.warn({ error: error.message }, 'queue: database away'))
  await boss.start()

  const asked = new WeakMap<Transaction['client'], Set<JobName>>()
  const remember = (transaction: Transaction, name: JobName) => {
    const names = asked.get(transaction.client) ?? new Set()
    asked.set(transaction.client, names.add(name))
  }
  const enqueueAll: Queue['enqueueAll'] = async (transaction, name, payloads) => {
    if (payloads.length === 0) return
    const db = fromDrizzle(transaction.tx, sql)
    await boss.insert(
      name,
      payloads.map((data) => ({ data, group: { id: data.workspaceId } })),
      { db },
    )
    remember(transaction, name)
  }
  return {
    boss,
    enqueueAll,
    enqueue: (transaction, name, payload) => enqueueAll(transaction, name, [payload]),
    watch: (db, committed) => {
      const tell = async <T>(
        work: (transaction: Transaction) => Promise<T>,
        run: (work: (transaction: Transaction) => Promise<T>) => Promise<T>,
      ) => {
        let names: ReadonlySet<JobName> | undefined
        const result = await run(async (transaction) => {
          asked.delete(transaction.client)
          const value = await work(transaction)
          names = asked.get(transaction.client)
          return value
        })
        if (names !== undefined) committed(names)
        return result
      }
      return {
        ...db,
        inWorkspace: (ids, work) => tell(work, (told) => db.inWorkspace(ids, told)),
        sweep: (work) => tell(work, (told) => db.sweep(told)),
      }
    },
    [Symbol.asyncDispose]: () => boss.stop({ graceful: false }),
  }
}
