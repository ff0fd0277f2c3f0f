import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import type { Context } from '@drayage/core/context'
import { runConnectionTest } from '@drayage/core/ftp-clients/run-connection-test'
import { sendLetter } from '@drayage/core/notifications/send-letter'
import type { JobHandlers } from '@drayage/core/testing/context'
import { type GuardedServer, guardedServer } from '@drayage/core/testing/guarded-server'
import { pollClient } from '@drayage/core/transfers/poll'
import { runTransfer } from '@drayage/core/transfers/run-transfer'
import type { TestDatabase } from '@drayage/db/testing'
import { afterFailure } from '@drayage/worker/errors'
import { openLog } from './log.ts'
import { type TestApi, testApi } from './testing.ts'

/** The API and a worker, and all that leaves them on other ways than a reply. */
export type Watched = AsyncDisposable & {
  api: TestApi
  /** Every line of the API's log and every field that the worker logs, at all levels. */
  logged: string[]
  /** The payload of every job. */
  queued: string[]
  /** Every customer's. */
  server: GuardedServer
  /** Does all work that waits: letters, connection tests, looks, transfers. */
  work(): Promise<void>
}

export async function watched(): Promise<Watched> {
  const logged: string[] = []
  const queued: string[] = []
  const api = await testApi({ log: openLog({ level: 'trace', destination: { write: (text) => void logged.push(text) } }) })
  const note = (fields: object, message: string) => void logged.push(inspect({ fields, message }, { depth: 10 }))
  const server = guardedServer()
  const worker: Context = { ...api.ctx, openRemote: server.openRemote, log: { debug: note, info: note, warn: note, error: note } }
  const options = { worker: 'a worker', signal: new AbortController().signal, afterFailure }
  const seen = <Key>(run: (key: Key) => Promise<unknown>) => {
    return (_: Context, key: Key) => {
      queued.push(JSON.stringify(key))
      return run(key)
    }
  }
  const handlers: JobHandlers = {
    'client.poll': seen((key) => pollClient(worker, key, options)),
    'transfer.run': seen((key) => runTransfer(worker, key, options)),
    'connection_test.run': seen((key) => runConnectionTest(worker, key)),
    'mail.send': seen((key) => sendLetter(worker, key)),
  }
  const work = async () => {
    const { rows } = await api.database.owner.query(
      "update pgboss.job set state = 'completed' where state = 'created' returning name, data",
    )
    for (const { name, data } of rows) api.ctx.queue.push({ name, payload: data })
    await api.ctx.drain(handlers)
  }
  return { api, logged, queued, server, work, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

/** A text that stands nowhere else. */
export function canary(): string {
  return `Cn4ry${randomBytes(12).toString('hex')}`
}

/** Where in the database one of these texts stands, also as bytes: `table.column`, sorted. */
export async function placesOf(database: TestDatabase, texts: readonly string[]): Promise<string[]> {
  const { rows: columns } = await database.owner.query(
    `select format('%I.%I', nspname, relname) as table, attname as column from pg_attribute a
     join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
     where relkind = 'r' and nspname !~ '^(pg_|information_schema)' and attnum > 0 and not attisdropped`,
  )
  const like = texts.flatMap((text) => [`%${text}%`, `%${Buffer.from(text).toString('hex')}%`])
  const places = new Set<string>()
  for (const { table, column } of columns) {
    const { rows } = await database.owner.query(`select from ${table} t where t."${column}"::text like any($1) limit 1`, [like])
    if (rows.length > 0) places.add(`${table.replace(/^public\.|_(default|w?\d[\w]*)$/g, '')}.${column}`)
  }
  return [...places].sort()
}
