import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { onServer, testServerVariable } from './testing.ts'

const folder = new URL('../migrations/', import.meta.url)

/** A database as it was before one of the migrations, owned by nobody special. */
export type FormerDatabase = AsyncDisposable & {
  /** As the server's superuser. */
  client: pg.Client
  /** Does that migration. */
  upgrade(): Promise<void>
}

export async function databaseBefore(migration: string): Promise<FormerDatabase> {
  const server = process.env[testServerVariable] ?? ''
  const name = `t_upgrade_${process.pid}`
  const owner = `owner_${process.pid}`
  await using parts = new AsyncDisposableStack()
  await onServer(server, `create role ${owner} login createrole password 'x'`)
  parts.defer(() => onServer(server, `drop role ${owner}`))
  await onServer(server, `create database ${name} owner ${owner}`)
  parts.defer(async () => {
    await onServer(server, `drop database ${name} with (force)`)
    await onServer(server, `drop owned by ${owner}`)
  })
  const client = new pg.Client({ connectionString: Object.assign(new URL(server), { pathname: `/${name}` }).href })
  await client.connect()
  parts.defer(() => client.end())
  for (const role of ['drayage_api', 'drayage_worker', 'drayage_sweep']) await client.query(`grant ${role} to ${owner}`)
  const run = async (file: string) => {
    await client.query(`set role ${owner}; ${await readFile(new URL(file, folder), 'utf8')}; reset role`)
  }
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql') && file < migration).sort()
  for (const file of files) await run(file)
  const kept = parts.move()
  return { client, upgrade: () => run(migration), [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
