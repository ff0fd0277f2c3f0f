import { startExports } from '@drayage/db/queries/export-schedule'
import { insertFtpClient } from '@drayage/db/queries/ftp-clients'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { afterFailure } from '../../../../services/worker/src/errors.ts'
import { deleteFtpClient } from '../ftp-clients/delete.ts'
import { updateFtpClient } from '../ftp-clients/update.ts'
import { pauseFtpClient } from '../ftp-clients/work.ts'
import { newId } from '../id.ts'
import { type Broker, openBroker } from './exports.fixture.ts'
import { runExports } from './run-exports.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

/** A second client of the same broker, with folders of its own; made later. */
async function secondClient({ ctx, client }: Broker): Promise<string> {
  const id = newId()
  const { workspaceId, row } = client
  await ctx.db.inWorkspace(workspaceId, async (transaction) => {
    await insertFtpClient(transaction, { ...row, id, baseDirectory: '/second' })
    await startExports(transaction, { workspaceId, ftpClientId: id })
  })
  await ctx.server.open().makeDirectory('/second')
  return id
}

async function night({ ctx, client }: Broker, at: string): Promise<string[]> {
  const { workspaceId } = client
  ctx.clock.now = new Date(at)
  const { rows } = await database.owner.query('select ftp_client_id as id from export_schedule where workspace_id = $1', [workspaceId])
  const worker = { worker: newId(), signal: new AbortController().signal, afterFailure }
  await Promise.all(rows.map(({ id }) => runExports(ctx, { workspaceId, ftpClientId: id }, worker)))
  return ctx.server.paths()
}

const first = (day: number) => `/data/exports/users/2026-07-${day}-02-00-00.csv`
const second = (day: number) => `/second/exports/users/2026-07-${day}-02-00-00.csv`

test('of several clients the first made gets the records, also while it is paused', async () => {
  const broker = await openBroker(database)
  await secondClient(broker)
  await night(broker, '2026-07-15T09:00:00Z')
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  expect(await night(broker, '2026-07-16T01:00:00Z')).toEqual([first(15)])
  await broker.signUp('auth0|2', '2026-07-16T12:00:00Z')
  await pauseFtpClient.run(broker.admin, { id: broker.client.ftpClientId })
  expect(await night(broker, '2026-07-17T01:00:00Z')).toEqual([first(15)])
})

test('one whose setting says so gets none, and one that was never activated neither', async () => {
  const broker = await openBroker(database)
  const { ftpClientId: id, row } = broker.client
  await secondClient(broker)
  await night(broker, '2026-07-15T09:00:00Z')
  await updateFtpClient.run(broker.admin, { id, expectedVersion: row.version, settings: { exports: false } })
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  expect(await night(broker, '2026-07-16T01:00:00Z')).toEqual([second(15)])

  await updateFtpClient.run(broker.admin, { id, expectedVersion: row.version + 1, settings: { exports: true } })
  await database.owner.query('update ftp_clients set activated_at = null where id = $1', [id])
  await broker.signUp('auth0|2', '2026-07-16T12:00:00Z')
  expect(await night(broker, '2026-07-17T01:00:00Z')).toEqual([second(15), second(16)])
})

test('when the receiver is deleted the next one takes its place, with what waits', async () => {
  const broker = await openBroker(database)
  const { ftpClientId: id, row } = broker.client
  await secondClient(broker)
  await night(broker, '2026-07-15T09:00:00Z')
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  await deleteFtpClient.run(broker.admin, { id, expectedVersion: row.version })
  expect(await night(broker, '2026-07-16T01:00:00Z')).toEqual([second(15)])
})

test('what is recorded in one workspace goes to no client of another', async () => {
  const [one, other] = [await openBroker(database), await openBroker(database)]
  await one.signUp('auth0|1', '2026-07-15T12:00:00Z')
  await other.work('2026-07-16T01:00:00Z')
  expect(other.files()).toEqual({})
  await one.work('2026-07-16T01:00:00Z')
  expect(Object.keys(one.files())).toHaveLength(1)
})
