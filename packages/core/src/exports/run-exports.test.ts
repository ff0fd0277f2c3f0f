import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteFtpClient } from '../ftp-clients/delete.ts'
import { updateFtpClient } from '../ftp-clients/update.ts'
import { pauseFtpClient, resumeFtpClient } from '../ftp-clients/work.ts'
import { listSignUps } from '../ratebooks/sign-ups.ts'
import { remoteFault } from '../remotes/remote-faults.ts'
import { type Broker, openBroker, recordsIn } from './exports.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const users =
  'user_id,given_name,family_name,email,phone_number,date_registered,employer,terms_agreed,marketing_email_consent,marketing_sms_consent,internal_user\r\n'
const clientOf = ({ client }: Broker) => ({ id: client.ftpClientId })
const attentionsOf = async ({ client }: Broker) =>
  (await database.owner.query('select code, raised_by, stops from ftp_client_attentions where ftp_client_id = $1', [client.ftpClientId]))
    .rows
/** A file that failed is due again later. */
const dueNow = ({ client }: Broker) =>
  database.owner.query('update export_schedule set due_at = clock_timestamp() where ftp_client_id = $1', [client.ftpClientId])

test('what a day brought is written in the night after it, by the client’s time zone', async () => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', '2026-07-15T22:59:59Z')
  await broker.signUp('auth0|2', '2026-07-15T23:00:00Z')
  await broker.enquire(66953, '2026-07-15T12:00:00Z')
  await broker.work('2026-07-16T00:59:59Z')
  expect(broker.files()).toEqual({})
  await broker.work('2026-07-16T01:00:00Z')
  expect(Object.keys(broker.files())).toEqual(['enquiries/2026-07-15-02-00-00.csv', 'users/2026-07-15-02-00-00.csv'])
  expect(broker.files()['users/2026-07-15-02-00-00.csv']).toBe(
    `${users}auth0|1,Asha,Rao,,,2026-07-15T22:59:59.000Z,,true,false,false,false\r\n`,
  )
  await broker.work('2026-07-17T01:00:00Z')
  expect(recordsIn(broker.files())).toEqual(['66953', 'auth0|1', 'auth0|2'])
  expect(Object.keys(broker.files())).toHaveLength(3)
})

test.each([
  ['leave out', '2026-03-29', ['00:59', '01:30', '02:30']],
  ['show twice', '2026-10-25', ['00:29', '00:30', '01:30', '02:30']],
])('an hour that the clocks %s is that of one export', async (_, day, times) => {
  const broker = await openBroker(database, { settings: { exportTime: '01:30' } })
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const before = (days: number) => new Date(Date.UTC(year, month - 1, date - days, 12)).toISOString()
  const { ftpClientId } = broker.client
  await database.owner.query('update export_schedule set next_night = $2 where ftp_client_id = $1', [ftpClientId, day])
  await broker.signUp('auth0|1', before(2))
  for (const [at, time] of times.entries()) {
    await broker.work(`${day}T${time}:00Z`)
    // What comes in late is of the next night.
    await broker.signUp(`late-${at}`, `${day}T${time}:00Z`)
  }
  expect(recordsIn(broker.files())).toEqual(['auth0|1'])
  await broker.work(`${before(-1).slice(0, 10)}T12:00:00Z`)
  expect(recordsIn(broker.files()).toSorted()).toEqual(['auth0|1', ...times.map((_, at) => `late-${at}`)])
  expect(Object.keys(broker.files())).toHaveLength(2)
})

test('a night with nothing to tell has no file', async () => {
  const broker = await openBroker(database)
  for (const night of ['2026-07-16', '2026-07-17']) await broker.work(`${night}T01:00:00Z`)
  expect(broker.files()).toEqual({})
})

test('an administrator sees in which file a record went, and when', async () => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  const { workspaceId } = broker.client
  const shown = async () => (await listSignUps.run(broker.admin, { workspaceId })).items[0]
  expect(await shown()).toMatchObject({ exportFile: undefined, exportedAt: undefined })
  await broker.work('2026-07-16T01:00:00Z')
  expect(await shown()).toMatchObject({ exportFile: '2026-07-15-02-00-00.csv', exportedAt: expect.any(String) })
})

test('who did not agree to the terms is passed on once they do', async () => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z', { termsAgreed: false })
  await broker.enquire(1, '2026-07-15T12:00:00Z', { termsAgreed: false })
  await broker.work('2026-07-16T01:00:00Z')
  expect(broker.files()).toEqual({})
  await broker.signUp('auth0|1', '2026-07-16T12:00:00Z')
  await broker.work('2026-07-17T01:00:00Z')
  expect(recordsIn(broker.files())).toEqual(['auth0|1'])
})

test('a server that is down for three days gets each night’s file when it is up, each record once', async () => {
  const broker = await openBroker(database)
  broker.ctx.server.interrupt = () => {
    throw remoteFault('remote.connection_lost')
  }
  for (const day of [15, 16, 17]) {
    await broker.signUp(`auth0|${day}`, `2026-07-${day}T12:00:00Z`)
    for (const hour of ['01', '02', '03']) {
      await dueNow(broker)
      await broker.work(`2026-07-${day + 1}T${hour}:00:00Z`)
    }
  }
  expect(broker.files()).toEqual({})
  expect(await attentionsOf(broker)).toEqual([{ code: 'remote.connection_lost', raised_by: 'export', stops: false }])

  broker.ctx.server.interrupt = undefined
  await broker.work('2026-07-18T05:00:00Z')
  expect(Object.keys(broker.files())).toEqual([15, 16, 17].map((day) => `users/2026-07-${day}-02-00-00.csv`))
  expect(recordsIn(broker.files())).toEqual(['auth0|15', 'auth0|16', 'auth0|17'])
  expect(await attentionsOf(broker)).toEqual([])
})

test('when we are down for three days, their records are in one file of the last night', async () => {
  const broker = await openBroker(database)
  for (const day of [15, 16, 17]) await broker.signUp(`auth0|${day}`, `2026-07-${day}T12:00:00Z`)
  await broker.work('2026-07-18T09:00:00Z')
  expect(Object.keys(broker.files())).toEqual(['users/2026-07-17-02-00-00.csv'])
  expect(recordsIn(broker.files())).toEqual(['auth0|15', 'auth0|16', 'auth0|17'])
})

test('to a paused client nothing is written; its records wait until it is resumed', async () => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  await pauseFtpClient.run(broker.admin, clientOf(broker))
  await broker.work('2026-07-16T01:00:00Z')
  await broker.work('2026-07-17T01:00:00Z')
  expect(broker.files()).toEqual({})
  await resumeFtpClient.run(broker.admin, clientOf(broker))
  await broker.work('2026-07-17T09:00:00Z')
  expect(recordsIn(broker.files())).toEqual(['auth0|1'])
})

test('a client that is paused while a file is being written shows none of it', async () => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  broker.ctx.server.interrupt = async ({ operation, moment }) => {
    if (operation === 'write' && moment === 'after') await pauseFtpClient.run(broker.admin, clientOf(broker))
  }
  await broker.work('2026-07-16T01:00:00Z')
  expect(Object.keys(broker.files()).filter((path) => !path.includes('/.'))).toEqual([])
  broker.ctx.server.interrupt = undefined
  await resumeFtpClient.run(broker.admin, clientOf(broker))
  await broker.work('2026-07-16T09:00:00Z')
  expect(Object.keys(broker.files())).toEqual(['users/2026-07-15-02-00-00.csv'])
})

test('a workspace without a licence keeps its records until it has one', async () => {
  const broker = await openBroker(database)
  const licensedUntil = (until: string) =>
    database.owner.query('update licences set valid_until = $2 where workspace_id = $1', [broker.client.workspaceId, until])
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  await licensedUntil('2026-07-15T20:00:00Z')
  await broker.work('2026-07-16T01:00:00Z')
  expect(broker.files()).toEqual({})
  await licensedUntil('2027-07-15T20:00:00Z')
  await broker.work('2026-07-17T01:00:00Z')
  expect(recordsIn(broker.files())).toEqual(['auth0|1'])
})

test('nothing is overwritten: where somebody has the name already, the file gets one of its own', async () => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  broker.ctx.server.put('/data/exports/users/2026-07-15-02-00-00.csv', 'not ours')
  await broker.work('2026-07-16T01:00:00Z')
  const { 'users/2026-07-15-02-00-00.csv': theirs, ...ours } = broker.files()
  expect(theirs).toBe('not ours')
  expect(Object.keys(ours)).toEqual([expect.stringMatching(/^users\/2026-07-15-02-00-00~[0-9a-f-]{36}\.csv$/)])
  expect(recordsIn(ours)).toEqual(['auth0|1'])
})

test('a name that is taken in the moment of renaming is not overwritten either', async () => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  broker.ctx.server.interrupt = ({ operation, moment, to }) => {
    if (operation === 'move' && moment === 'before' && to?.endsWith('-00.csv')) broker.ctx.server.put(to, 'not ours')
  }
  await broker.work('2026-07-16T01:00:00Z')
  const { 'users/2026-07-15-02-00-00.csv': theirs, ...ours } = broker.files()
  expect(theirs).toBe('not ours')
  expect(Object.keys(ours)).toHaveLength(1)
  expect(recordsIn(ours)).toEqual(['auth0|1'])
})

test('a folder that refuses us holds up no other one; its file comes when it may', async () => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  await broker.enquire(1, '2026-07-15T12:00:00Z')
  broker.ctx.server.interrupt = ({ operation, path, moment }) => {
    if (operation === 'write' && path.includes('/enquiries/') && moment === 'midway') throw remoteFault('remote.no_space', { path })
  }
  await broker.work('2026-07-16T01:00:00Z')
  expect(Object.keys(broker.files())).toEqual(['users/2026-07-15-02-00-00.csv'])
  expect(await attentionsOf(broker)).toEqual([{ code: 'remote.no_space', raised_by: 'export', stops: false }])
  broker.ctx.server.interrupt = undefined
  await broker.work('2026-07-16T02:00:00Z')
  expect(Object.keys(broker.files())).toEqual(['enquiries/2026-07-15-02-00-00.csv', 'users/2026-07-15-02-00-00.csv'])
  expect(await attentionsOf(broker)).toEqual([])
})

test('a client that was made before there were exports gets its folders', async () => {
  const broker = await openBroker(database)
  broker.ctx.server.put('/old/ratebooks/july.csv', '')
  await database.owner.query("update ftp_clients set base_directory = '/old' where id = $1", [broker.client.ftpClientId])
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  await broker.work('2026-07-16T01:00:00Z')
  expect(broker.ctx.server.paths()).toContain('/old/exports/users/2026-07-15-02-00-00.csv')
})

test('another time of day, or another time zone, counts from the next night on', async () => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  await broker.work('2026-07-16T01:00:00Z')
  const { version } = broker.client.row
  await updateFtpClient.run(broker.admin, { ...clientOf(broker), expectedVersion: version, settings: { exportTime: '06:31' } })
  await broker.signUp('auth0|2', '2026-07-16T12:00:00Z')
  await broker.work('2026-07-16T05:31:00Z')
  await broker.work('2026-07-17T01:00:00Z')
  expect(recordsIn(broker.files())).toEqual(['auth0|1'])
  await broker.work('2026-07-17T05:31:00Z')
  expect(Object.keys(broker.files())).toEqual(['users/2026-07-15-02-00-00.csv', 'users/2026-07-16-06-31-00.csv'])
})

test('a time of day that there is not is refused', async () => {
  const broker = await openBroker(database)
  const change = { ...clientOf(broker), expectedVersion: broker.client.row.version, settings: { exportTime: '24:00' } }
  await expect(updateFtpClient.run(broker.admin, change)).rejects.toMatchObject({
    code: 'input.invalid',
    details: { errors: [{ pointer: '/settings/exportTime' }] },
  })
})

/** Breaks the connection when everything is written and nothing can be seen yet. */
async function breakBeforeRenaming(broker: Broker): Promise<void> {
  broker.ctx.server.interrupt = ({ operation, moment }) => {
    if (operation === 'move' && moment === 'before') throw remoteFault('remote.connection_lost')
  }
  await broker.work('2026-07-16T01:00:00Z')
  broker.ctx.server.interrupt = undefined
}

test('a deleted client’s records wait for the next one, but for those of a file that may be there already', async () => {
  const exportOf = async ({ client }: Broker) =>
    (await database.owner.query('select export_id from sign_ups where workspace_id = $1', [client.workspaceId])).rows[0].export_id
  const deleted = async (broker: Broker) =>
    deleteFtpClient.run(broker.admin, { ...clientOf(broker), expectedVersion: broker.client.row.version })

  const unwritten = await openBroker(database)
  await unwritten.signUp('auth0|1', '2026-07-15T12:00:00Z')
  unwritten.ctx.server.interrupt = () => {
    throw remoteFault('remote.connection_lost')
  }
  await unwritten.work('2026-07-16T01:00:00Z')
  expect(await exportOf(unwritten)).not.toBeNull()
  await deleted(unwritten)
  expect(await exportOf(unwritten)).toBeNull()

  const written = await openBroker(database)
  await written.signUp('auth0|1', '2026-07-15T12:00:00Z')
  await breakBeforeRenaming(written)
  await deleted(written)
  expect(await exportOf(written)).not.toBeNull()
})

test('a file that was written to another server than the client has now is written to that one', async () => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', '2026-07-15T12:00:00Z')
  await breakBeforeRenaming(broker)
  const hidden = Object.keys(broker.files())
  expect(hidden).toEqual([expect.stringMatching(/^users\/\..*\.part$/)])
  await broker.ctx.server.open().remove(`/data/exports/${hidden[0]}`)
  await database.owner.query("update ftp_clients set host = 'new.example.com' where id = $1", [broker.client.ftpClientId])
  await broker.work('2026-07-16T02:00:00Z')
  expect(recordsIn(broker.files())).toEqual(['auth0|1'])
})
