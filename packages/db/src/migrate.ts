import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { applyMigrations, drizzle, readMigrationFiles } from './drizzle.ts'

const folder = fileURLToPath(new URL('../migrations', import.meta.url))

/**
 * Brings the database to this version's schema. Any number of processes may call it at once: one works, the others
 * wait. Doing it twice changes nothing.
 *
 * @param options.after more set-up that must happen once and under the same lock, such as the queue's own tables
 */
export async function migrate(options: { url: string; after?: (client: pg.Client) => Promise<void> }): Promise<void> {
  const client = new pg.Client({ connectionString: options.url })
  await client.connect()
  try {
    await client.query("select pg_advisory_lock(hashtext('drayage.migrate'))")
    await applyMigrations(drizzle(client), { migrationsFolder: folder })
    await client.query('select prepare_file_store()')
    await options.after?.(client)
  } finally {
    await client.end()
  }
}

/** Whether the database has at least this version's schema. Throws what the driver says when it does not answer. */
export async function isMigrated(options: { url: string }): Promise<boolean> {
  const [newest] = readMigrationFiles({ migrationsFolder: folder }).slice(-1)
  const client = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const table = await client.query("select to_regclass('drizzle.__drizzle_migrations') is not null as there")
    if (!table.rows[0].there) return false
    const applied = await client.query('select max(created_at)::float8 as newest from drizzle.__drizzle_migrations')
    return applied.rows[0].newest >= (newest?.folderMillis ?? 0)
  } finally {
    await client.end()
  }
}
