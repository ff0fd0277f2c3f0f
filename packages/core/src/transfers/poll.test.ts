import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { remoteFault } from '../remotes/remote-faults.ts'
import { salesRegister } from '../testing/sales-register.ts'
import { type Haul, openHaul } from './haul.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const register = salesRegister([{ number: 'A1' }])
const states = async (haul: Haul) => (await haul.transfers()).map(({ file_name, state }) => `${file_name} ${state}`)
const secondsToNextLook = async (haul: Haul) => {
  const [schedule] = await haul.query<{ seconds: number }>(
    'select extract(epoch from due_at - clock_timestamp())::float8 as seconds from poll_schedule where workspace_id = $1',
  )
  return schedule?.seconds
}
const timePasses = (haul: Haul) => haul.query("update transfers set quiet_since = quiet_since - interval '1 hour' where workspace_id = $1")

test('a file is taken when two looks found it equal and the quiet time apart, and the second look is planned for then', async () => {
  const haul = await openHaul(database, { fields: { quietSeconds: 600, pollIntervalSeconds: 86_400 } })
  await haul.query("update poll_schedule set due_at = now() + interval '1 day' where workspace_id = $1")
  haul.drop('june.csv', 'first half')
  await haul.look()
  expect(await states(haul)).toEqual(['june.csv seen'])
  const seconds = await secondsToNextLook(haul)
  expect(seconds).toBeGreaterThan(590)
  expect(seconds).toBeLessThanOrEqual(600)

  await timePasses(haul)
  haul.drop('june.csv', register)
  await haul.look()
  expect(await states(haul)).toEqual(['june.csv seen'])
  await timePasses(haul)
  await haul.look()
  expect(await states(haul)).toEqual(['june.csv archived'])
  expect(haul.files()['INPUT/PROCESSED/june.csv']).toBe(register)
})

test('what writers have not finished and what is hidden is left alone', async () => {
  const haul = await openHaul(database)
  const unfinished = ['a.csv.part', 'b.csv.tmp', 'c.CSV.FILEPART', '.d.csv', '~e.csv', 'f.writing']
  for (const name of unfinished) haul.drop(name, register)
  haul.drop('done.csv', register)
  await haul.look()
  expect(await states(haul)).toEqual(['done.csv archived'])
  expect(Object.keys(haul.files()).filter((path) => path.startsWith('INPUT/INIT/'))).toHaveLength(unfinished.length)
})

test('a file that is taken away before its time has vanished, and one of its name is another file', async () => {
  const haul = await openHaul(database, { fields: { quietSeconds: 600 } })
  const inbox = haul.client.layout.path('UPLOAD_SALES/INPUT/INIT')
  haul.drop('june.csv', register)
  await haul.look()
  await haul.ctx.server.open().remove(`${inbox}/june.csv`)
  await haul.look()
  haul.drop('june.csv', register)
  await haul.look()
  expect(await states(haul)).toEqual(['june.csv vanished', 'june.csv seen'])
})

test('an inbox that is missing is told of once, its files are not taken for gone, and all is well when it is back', async () => {
  const haul = await openHaul(database, { fields: { quietSeconds: 600 } })
  const inbox = haul.client.layout.path('UPLOAD_SALES/INPUT/INIT')
  const server = haul.ctx.server.open()
  haul.drop('june.csv', register)
  await haul.look()
  await server.move(inbox, `${inbox}-away`)
  for (let looks = 0; looks < 3; looks++) await haul.look()
  expect(await states(haul)).toEqual(['june.csv seen'])
  expect(haul.ctx.mailbox).toHaveLength(1)
  await server.move(`${inbox}-away`, inbox)
  await haul.look()
  expect(haul.ctx.mailbox.map(({ subject }) => subject.replace(/.*(attention|again).*/, '$1'))).toEqual(['attention', 'again'])
})

test('two workers that look at once see each file once', async () => {
  const haul = await openHaul(database, { fields: { quietSeconds: 600 } })
  for (let at = 0; at < 20; at++) haul.drop(`${at}.csv`, register)
  await Promise.all([haul.look(), haul.look(), haul.look()])
  expect(await haul.transfers()).toHaveLength(20)
  expect((await haul.transfers()).every(({ ledger }) => ledger.length === 1)).toBe(true)
})

test('a server that is down is told of once when it did not answer three times, and once when it is back', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  const { openRemote } = haul.ctx
  haul.ctx.openRemote = async () => {
    throw remoteFault('remote.connect_failed')
  }
  for (const mails of [0, 0, 1, 1, 1]) {
    await haul.look()
    expect(haul.ctx.mailbox).toHaveLength(mails)
  }
  expect(haul.ctx.mailbox[0]?.text).toContain('No connection to the server')
  expect(await secondsToNextLook(haul)).toBeGreaterThan(60)
  haul.ctx.openRemote = openRemote
  await haul.look()
  expect(haul.ctx.mailbox.map(({ subject }) => subject.replace(/.*(attention|again|june).*/, '$1'))).toContain('again')
  expect(await haul.query('select from poll_schedule where workspace_id = $1 and failures = 0')).toHaveLength(1)
  const { length } = haul.ctx.mailbox
  await haul.look()
  expect(haul.ctx.mailbox).toHaveLength(length)
})

test('a look that finds no room at a server is nobody’s failure, and comes again soon', async () => {
  const haul = await openHaul(database, { fields: { pollIntervalSeconds: 3600 } })
  haul.ctx.openRemote = async () => {
    throw remoteFault('remote.no_slot', { retryInSeconds: 2 })
  }
  for (let looks = 0; looks < 4; looks++) await haul.look()
  expect(haul.ctx.mailbox).toEqual([])
  expect(await secondsToNextLook(haul)).toBeLessThanOrEqual(2)
  expect(await haul.query('select from poll_schedule where workspace_id = $1 and failures = 0')).toHaveLength(1)
})

test('a look at an idle folder writes nothing', async () => {
  const haul = await openHaul(database)
  const rows = () => haul.query('select xmin::text, * from poll_schedule where workspace_id = $1')
  const before = await rows()
  await haul.look()
  expect(haul.ctx.server.calls.map(({ operation }) => operation)).toContain('list')
  expect(await rows()).toEqual(before)
})
