import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { salesRegister } from '../testing/sales-register.ts'
import { openHaul } from './haul.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const life = ['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']
const register = salesRegister([{ number: 'A1', lines: 2 }, { number: 'A2', bad: true }, { number: 'A3' }])

test('a dropped file comes back as results, in one look', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  await haul.look()
  expect(await haul.transfers()).toMatchObject([{ state: 'archived', ledger: life, attempts: 0, failures: 0, loaded: true }])
  const {
    'INPUT/PROCESSED/june.csv': original,
    'OUTPUT/SUCCESS/june.csv': success,
    'OUTPUT/UPLOAD_ERROR/june.csv': errors,
    ...more
  } = haul.files()
  expect(original).toBe(register)
  expect(success?.trimEnd().split('\n')).toHaveLength(3)
  expect(errors).toContain('A2')
  expect(more).toEqual({})
  expect(await haul.documents()).toMatchObject([
    { number: 'A1', lines: 2 },
    { number: 'A3', lines: 1 },
  ])
  expect(haul.ctx.mailbox).toHaveLength(1)
})

test('the same content again is known and answered, and changes nothing', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  await haul.look()
  const before = await haul.documents()
  haul.drop('june.csv', register)
  await haul.look()
  const [first, second] = await haul.transfers()
  expect(second).toMatchObject({ state: 'archived', ledger: life, loaded: false, outcome: { alreadyImported: { transferId: first?.id } } })
  expect(await haul.documents()).toEqual(before)
})

test('the same content again is loaded again where the client wants it', async () => {
  const haul = await openHaul(database, { fields: { duplicatePolicy: 'process' } })
  for (const name of ['june.csv', 'again.csv']) {
    haul.drop(name, register)
    await haul.look()
  }
  const [, second] = await haul.transfers()
  expect(second).toMatchObject({ loaded: true, outcome: { accepted: 3, rejected: 1 } })
  const documents = await haul.documents()
  expect(documents.map(({ number, lines }) => [number, lines])).toEqual([
    ['A1', 2],
    ['A3', 1],
  ])
  expect(new Set(documents.map((document) => document.transfer_id))).toEqual(new Set([second?.id]))
})

test('the same name with other content is another file, and its results another name', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  await haul.look()
  const other = salesRegister([{ number: 'B1' }, { number: 'B2', bad: true }])
  haul.drop('june.csv', other)
  await haul.look()
  const [, second] = await haul.transfers()
  const mark = second?.id.slice(0, 8)
  const files = haul.files()
  expect(Object.keys(files)).toEqual([
    'INPUT/PROCESSED/june.csv',
    `INPUT/PROCESSED/june~${mark}.csv`,
    'OUTPUT/SUCCESS/june.csv',
    `OUTPUT/SUCCESS/june~${mark}.csv`,
    'OUTPUT/UPLOAD_ERROR/june.csv',
    `OUTPUT/UPLOAD_ERROR/june~${mark}.csv`,
  ])
  expect(files[`INPUT/PROCESSED/june~${mark}.csv`]).toBe(other)
  expect(files['OUTPUT/SUCCESS/june.csv']).toContain('A1')
  expect(files[`OUTPUT/SUCCESS/june~${mark}.csv`]).toContain('B1')
  expect((await haul.documents()).map(({ number }) => number)).toEqual(['A1', 'A3', 'B1'])
})

test('a failed file that is put back with its old time is worked on again', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', 'Document Number;Date\r\nA1;2\r\n', { modified: 'monday' })
  await haul.look()
  expect(Object.keys(haul.files())).toContain('INPUT/FAILED/june.csv')
  const failed = haul.files()['INPUT/FAILED/june.csv'] as string
  await haul.ctx.server
    .open()
    .move(haul.client.layout.path('UPLOAD_SALES/INPUT/FAILED/june.csv'), haul.client.layout.path('UPLOAD_SALES/INPUT/INIT/june.csv'))
  await haul.look()
  expect((await haul.transfers()).map(({ state, loaded }) => [state, loaded])).toEqual([
    ['archived', false],
    ['archived', false],
  ])
  const [, second] = await haul.transfers()
  expect(haul.files()['INPUT/FAILED/june.csv']).toBe(failed)
  expect(haul.files()[`OUTPUT/UPLOAD_ERROR/june~${second?.id.slice(0, 8)}.csv`]).toBeDefined()
})

test('test mode leaves a report, and no trace in the data', async () => {
  const haul = await openHaul(database, { fields: { quietSeconds: 3600 } })
  haul.drop('june.csv', register)
  await haul.look()
  // As if it lay in a test folder, which this product has none of.
  await haul.query("update transfers set mode = 'test', run_at = clock_timestamp() where workspace_id = $1")
  await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ ledger: life, loaded: false, outcome: { rows: 4, accepted: 3, rejected: 1 } }])
  expect(await haul.documents()).toEqual([])
  expect(await haul.query('select * from gst_document_lines where workspace_id = $1')).toEqual([])
  expect(Object.keys(haul.files())).toEqual(['INPUT/PROCESSED/june.csv', 'OUTPUT/UPLOAD_ERROR/june.csv'])
  haul.drop('june.csv', register)
  await haul.query("update transfers set quiet_since = quiet_since - interval '2 hours' where workspace_id = $1")
  await haul.look()
  await haul.query("update transfers set quiet_since = quiet_since - interval '2 hours' where workspace_id = $1")
  await haul.look()
  expect((await haul.transfers()).at(-1)).toMatchObject({ loaded: true })
})
