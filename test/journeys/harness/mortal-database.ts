import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@drayage/db/connect'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@drayage/db/embedded'
import { migrate } from '@drayage/db/migrate'
import type { TestDatabase } from '@drayage/db/testing'
import { prepareQueue } from '@drayage/worker/queue'
import pg from 'pg'

/** A migrated database on a PostgreSQL of its own, which keeps what it committed over a kill. */
export type MortalDatabase = TestDatabase & Pick<EmbeddedPostgres, 'kill' | 'restart'>

export async function mortalDatabase(): Promise<MortalDatabase> {
  await using stack = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'drayage-mortal-'))
  stack.defer(() => rm(dataDir, { recursive: true, force: true }))
  const postgres = stack.use(await startEmbeddedPostgres({ dataDir }))
  await migrate({ url: postgres.url, after: prepareQueue })
  const owner = new pg.Pool({ connectionString: postgres.url, max: 4 })
  stack.defer(() => owner.end())
  owner.on('error', () => {})
  const opened = stack.move()
  return {
    url: postgres.url,
    owner,
    as: (role, options) => opened.use(connect({ url: postgres.url, role, connections: options?.connections ?? 4 })),
    kill: postgres.kill,
    restart: postgres.restart,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
