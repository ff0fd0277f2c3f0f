import type { Database } from '@drayage/db/connect'
import type { FastifyInstance } from 'fastify'

export type HealthOptions = {
  db: Pick<Database, 'ping'>
  /** Whether the database has this version's schema. */
  isMigrated(): Promise<boolean>
}

/**
 * `/livez`: the process runs; never asks the database, whose absence a restart would not mend. `/readyz`: requests can be
 * answered now; 503 while the database is away, not migrated, or the process shuts down.
 */
export async function health(app: FastifyInstance, options: HealthOptions): Promise<void> {
  let migrated = false
  app.get('/livez', { logLevel: 'warn' }, () => ({ status: 'ok' }))
  app.get('/readyz', { logLevel: 'warn' }, async (_, reply) => {
    const database = await options.db.ping().then(
      () => 'ok',
      () => 'away',
    )
    if (database === 'ok') migrated ||= await options.isMigrated().catch(() => false)
    const checks = { database, migrations: migrated ? 'ok' : 'pending' }
    if (database === 'ok' && migrated) return { status: 'ok', checks }
    return reply.code(503).header('retry-after', 5).send({ status: 'unavailable', checks })
  })
}
