import { asFault } from '@drayage/core/faults'
import { migrate } from '@drayage/db/migrate'
import { readMigrationConfig } from './config.ts'
import { prepareQueue } from './queue.ts'

// Brings the database to this version, once, before the services of this version start: `pnpm migrate`.
try {
  await migrate({ url: readMigrationConfig().DATABASE_URL, after: prepareQueue })
  console.log('The database is up to date.')
} catch (error) {
  console.error(asFault(error)?.message ?? error)
  process.exitCode = 1
}
