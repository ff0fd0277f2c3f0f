import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { salesRegister } from '../testing/sales-register.ts'
import { type Haul, openHaul } from './haul.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const life = ['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']
const upTo = (documents: number) => salesRegister(Array.from({ length: documents }, (_, at) => ({ number: `A${at + 1}` })))

test('a file that grows while it is read is read again when it was quiet, until it is whole', async () => {
  const haul = await openHaul(database, { fields: { quietSeconds: 0 } })
  haul.drop('june.csv', upTo(1))
  const reads = whileRead(haul, (nth) => (nth <= 2 ? upTo(nth + 1) : undefined))
  await haul.look()
  expect(await haul.transfers()).toMatchObject([{ state: 'claimed', attempts: 0 }])
  await haul.carryOn()
  await haul.carryOn()
  expect(reads()).toBe(3)
  expect(await haul.transfers()).toMatchObject([{ ledger: life, attempts: 0, outcome: { rows: 3, accepted: 3 } }])
  expect(haul.files()['INPUT/PROCESSED/june.csv']).toBe(upTo(3))
  expect(haul.ctx.mailbox).toEqual([])
})

test('a file that grows each time it is read is set aside after five times, and the others go on', async () => {
  const haul = await openHaul(database)
  haul.drop('endless.csv', upTo(1))
  const reads = whileRead(haul, (nth, path) => (path.includes('endless') ? upTo(nth + 1) : undefined))
  await haul.look()
  haul.drop('good.csv', upTo(1))
  await haul.look()
  for (let tries = 0; tries < 6; tries++) await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([
    { file_name: 'endless.csv', ledger: ['seen', 'claiming', 'claimed', 'quarantined'], code: 'transfer.never_still', attempts: 0 },
    { file_name: 'good.csv', ledger: life },
  ])
  expect(reads()).toBeGreaterThanOrEqual(5)
  expect(Object.keys(haul.files())).toEqual(['INPUT/FAILED/endless.csv', 'INPUT/PROCESSED/good.csv', 'OUTPUT/SUCCESS/good.csv'])
  expect(haul.ctx.mailbox.map(({ subject }) => subject)).toEqual(['[sandbox] endless.csv: set aside, please look at it (GST, SAP)'])
  expect(await haul.query('select * from files where workspace_id = $1 and not complete')).toEqual([])
})

test.each([
  ['replaced by one of the same size', () => upTo(2).replaceAll('Tea', 'Rum')],
  ['cut short', () => upTo(1)],
])('a file that is %s while it is read is read again', async (_, changed) => {
  const haul = await openHaul(database)
  haul.drop('june.csv', upTo(2))
  whileRead(haul, (nth) => (nth === 1 ? changed() : undefined))
  await haul.look()
  await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ ledger: life, attempts: 0 }])
  expect(haul.files()['INPUT/PROCESSED/june.csv']).toBe(changed())
  const [stored] = await haul.query<{ same: boolean }>(
    `select f.sha256 = t.sha256 and f.size = ${Buffer.byteLength(changed())} as same from transfers t join files f on f.id = t.file_id where t.workspace_id = $1`,
  )
  expect(stored).toEqual({ same: true })
})

test('a claimed file that somebody takes away has vanished, and that is no failure', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', upTo(1))
  haul.ctx.server.interrupt = async ({ operation, path, moment }) => {
    if (operation !== 'stat' || moment !== 'before') return
    haul.ctx.server.interrupt = undefined
    await haul.ctx.server.open().remove(path)
  }
  await haul.look()
  expect(await haul.transfers()).toMatchObject([{ ledger: ['seen', 'claiming', 'claimed', 'vanished'], attempts: 0 }])
  expect(haul.files()).toEqual({})
})

/** Gives the file that is being read other content, half-way through. @returns how often it was read so far */
function whileRead(haul: Haul, content: (nth: number, path: string) => string | undefined): () => number {
  let nth = 0
  haul.ctx.server.interrupt = ({ operation, path, moment }) => {
    if (operation !== 'read' || moment !== 'midway' || !path.includes('PROCESSING')) return
    const changed = content(++nth, path)
    if (changed !== undefined) haul.ctx.server.put(path, changed)
  }
  return () => nth
}
