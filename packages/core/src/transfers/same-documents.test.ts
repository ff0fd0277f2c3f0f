import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { salesRegister } from '../testing/sales-register.ts'
import { openHaul } from './haul.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const older = salesRegister([{ number: 'A1', lines: 3 }, { number: 'A2' }])
const newer = salesRegister([{ number: 'A1', lines: 2, amount: 200 }, { number: 'A3' }])

test('the file that was seen later holds a document, also when the earlier one is imported after it', async () => {
  const haul = await openHaul(database)
  const released = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  haul.ctx.server.interrupt = async ({ operation, path, moment }) => {
    if (operation !== 'read' || moment !== 'before' || !path.includes('older')) return
    reached.resolve()
    await released.promise
  }
  haul.drop('older.csv', older)
  const late = haul.look()
  await reached.promise
  haul.drop('newer.csv', newer)
  await haul.look()
  released.resolve()
  await late

  const [first, second] = await haul.transfers()
  expect([first, second]).toMatchObject([
    { file_name: 'older.csv', state: 'archived', outcome: { accepted: 4 } },
    { file_name: 'newer.csv', state: 'archived', outcome: { accepted: 3 } },
  ])
  expect(await haul.documents()).toEqual([
    { number: 'A1', lines: 2, transfer_id: second?.id },
    { number: 'A2', lines: 1, transfer_id: first?.id },
    { number: 'A3', lines: 1, transfer_id: second?.id },
  ])
  const { 'OUTPUT/SUCCESS/older.csv': ofOlder = '', 'OUTPUT/SUCCESS/newer.csv': ofNewer = '' } = haul.files()
  expect(ofOlder).toMatch(/A1.*IMPORTED,.*came after this one.*\n.*A2.*IMPORTED,\r?\n$/)
  expect(ofNewer).toMatch(/A1.*IMPORTED,\r?\n.*A3.*IMPORTED,\r?\n$/)
})
