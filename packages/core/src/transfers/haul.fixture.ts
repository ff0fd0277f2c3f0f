import type { Database, DatabaseRole } from '@drayage/db/connect'
import type { TestDatabase } from '@drayage/db/testing'
import { afterFailure } from '../../../../services/worker/src/errors.ts'
import { sendLetter } from '../notifications/send-letter.ts'
import { type ActiveClient, type ActiveClientFields, activeClient } from '../testing/active-client.ts'
import { type TestContext, type TestContextOptions, testContext } from '../testing/context.ts'
import { pollClient } from './poll.ts'
import type { WorkerOptions } from './run.ts'
import { runTransfer } from './run-transfer.ts'

/** A customer with a server in memory, and workers that serve them one step of a test at a time. */
export type Haul = {
  ctx: TestContext
  client: ActiveClient
  /** Puts a file into an inbox, `INIT` if none is named. */
  drop(name: string, content: string | Buffer, options?: { folder?: string; modified?: string }): void
  /** One look into the inboxes, and everything that becomes due by it, to its end. */
  look(worker?: Partial<WorkerOptions>): Promise<void>
  /** Carries every transfer that is not at rest on, whenever it is due. */
  carryOn(worker?: Partial<WorkerOptions>): Promise<void>
  /** Every file on the server by its path below the action's folder. */
  files(): Record<string, string>
  transfers(): Promise<TransferFacts[]>
  documents(): Promise<DocumentFacts[]>
  query<Row>(text: string): Promise<Row[]>
}

/** Oldest first. */
export type TransferFacts = {
  id: string
  file_name: string
  state: string
  ledger: string[]
  attempts: number
  failures: number
  loaded: boolean
  code: string | null
  outcome: Record<string, unknown> | null
}

/** A document that counts, with the transfers its lines came by. */
export type DocumentFacts = { number: string; lines: number; transfer_id: string }

const action = 'UPLOAD_SALES'

export async function openHaul(
  database: TestDatabase,
  options: { fields?: ActiveClientFields } & Omit<TestContextOptions, 'database'> = {},
): Promise<Haul> {
  const { fields, ...more } = options
  const ctx = testContext({ database: { ...database, as: (role) => poolOf(database, role) }, ...more })
  // What a test did not mean to provoke has to be seen.
  ctx.log.error = (fields, message) => console.error(message, fields)
  const client = await activeClient(ctx, fields)
  const { workspaceId, ftpClientId, layout } = client
  const root = ctx.server.open()
  for (const folder of ['/data', ...layout.folders]) await root.makeDirectory(folder)
  ctx.server.calls.length = 0
  const below = `${layout.path(action)}/`

  const query = async <Row>(text: string) => (await database.owner.query(text, [workspaceId])).rows as Row[]
  const drain = (worker: WorkerOptions) =>
    ctx.drain({
      'transfer.run': (_, key) => runTransfer(ctx, key, worker),
      'mail.send': (_, key) => sendLetter(ctx, key),
    })
  return {
    ctx,
    client,
    drop: (name, content, { folder = 'INPUT/INIT', modified } = {}) =>
      ctx.server.put(`${below}${folder}/${name}`, content, modified === undefined ? {} : { modified }),
    look: async (worker = {}) => {
      const working = { ...someWorker(), ...worker }
      await pollClient(ctx, { workspaceId, ftpClientId }, working)
      await drain(working)
    },
    carryOn: async (worker = {}) => {
      const working = { ...someWorker(), ...worker }
      const open = await query<{ id: string }>('select id from transfers where workspace_id = $1 and run_at is not null order by id')
      for (const { id } of open) await runTransfer(ctx, { workspaceId, transferId: id }, working)
      await drain(working)
    },
    files: () => {
      const paths = ctx.server.paths().filter((path) => path.startsWith(below))
      return Object.fromEntries(paths.map((path) => [path.slice(below.length), String(ctx.server.get(path))]))
    },
    transfers: () =>
      query(
        `select t.id, t.file_name, t.state, t.attempts, t.failures, t.loaded, t.outcome, t.last_fault ->> 'code' as code,
           array(select state from transfer_ledger l where l.workspace_id = t.workspace_id and l.transfer_id = t.id order by ordinal) as ledger
         from transfers t where t.workspace_id = $1 order by t.id`,
      ),
    documents: () =>
      query(
        `select d.document_number as number, d.transfer_id,
           (select count(*)::int from gst_document_lines l where l.workspace_id = d.workspace_id and l.document_id = d.id) as lines
         from gst_current_documents c join gst_documents d on d.workspace_id = c.workspace_id and d.id = c.document_id
         where c.workspace_id = $1 order by d.document_number`,
      ),
    query,
  }
}

/** One of each role for all hauls of a database: a test may open a hundred of them. */
const pools = { drayage_api: new WeakMap<TestDatabase, Database>(), drayage_worker: new WeakMap<TestDatabase, Database>() }

export function poolOf(database: TestDatabase, role: DatabaseRole): Database {
  const pool = pools[role].get(database) ?? database.as(role, { connections: 6 })
  pools[role].set(database, pool)
  return pool
}

let workers = 0

/** A worker that nobody was before, that does about faults what the deployed one does. */
export function someWorker(): WorkerOptions {
  return { worker: `worker-${++workers}`, signal: new AbortController().signal, afterFailure }
}
