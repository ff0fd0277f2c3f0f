import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { connect, type Database, type DatabaseRole } from './connect.ts'

/** Where the test run's PostgreSQL answers; set once for a run by the global set-up, which also made the template. */
export const testServerVariable = 'DRAYAGE_TEST_POSTGRES'
export const templateName = 'drayage_template'

/** A database of one's own, cloned from the migrated template; gone when disposed. */
export type TestDatabase = AsyncDisposable & {
  url: string
  /** As a service sees it. Closed together with the database. */
  as(role: DatabaseRole, options?: { connections?: number }): Database
  /** As its owner sees it: everything. */
  owner: pg.Pool
}

export async function testDatabase(): Promise<TestDatabase> {
  const server = process.env[testServerVariable]
  if (server === undefined) throw new Error(`${testServerVariable} is not set: run tests with vitest`)
  const name = `t_${randomBytes(8).toString('hex')}`
  await onServer(server, `create database ${name} template ${templateName}`)
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  const owner = new pg.Pool({ connectionString: url, max: 4 })
  owner.on('error', () => {})
  const opened: Database[] = []
  return {
    url,
    owner,
    as: (role, options) => {
      const database = connect({ url, role, connections: options?.connections ?? 4 })
      opened.push(database)
      return database
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([owner.end(), ...opened.map((database) => database[Symbol.asyncDispose]())])
      await onServer(server, `drop database ${name} with (force)`)
    },
  }
}

export async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
