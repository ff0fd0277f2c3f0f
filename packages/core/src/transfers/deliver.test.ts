import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { remoteFault } from '../remotes/remote-faults.ts'
import { salesRegister } from '../testing/sales-register.ts'
import { openHaul } from './haul.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const register = salesRegister([
  { number: 'A1', lines: 2 },
  { number: 'A2', bad: true },
])

test('whoever reads the output folders at any moment finds whole results or none', async () => {
  const haul = await openHaul(database)
  const found = new Map<string, Set<string>>()
  haul.ctx.server.interrupt = () => {
    for (const [path, content] of Object.entries(haul.files())) {
      if (!path.startsWith('OUTPUT/') || path.includes('/.')) continue
      found.set(path, (found.get(path) ?? new Set()).add(content))
    }
  }
  haul.drop('june.csv', register)
  await haul.look()
  const files = haul.files()
  expect([...found.keys()].toSorted()).toEqual(['OUTPUT/SUCCESS/june.csv', 'OUTPUT/UPLOAD_ERROR/june.csv'])
  for (const [path, contents] of found) expect([...contents]).toEqual([files[path]])
})

test('a result never takes the place of a file that is there already', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', 'not ours', { folder: 'OUTPUT/SUCCESS' })
  haul.drop('june.csv', register)
  await haul.look()
  const [transfer] = await haul.transfers()
  const files = haul.files()
  expect(files['OUTPUT/SUCCESS/june.csv']).toBe('not ours')
  expect(files[`OUTPUT/SUCCESS/june~${transfer?.id}.csv`]).toContain('A1')
  expect(files['OUTPUT/UPLOAD_ERROR/june.csv']).toContain('A2')
  expect(haul.ctx.mailbox[0]?.text).toContain('OUTPUT/UPLOAD_ERROR/june.csv')
})

test('a file of the same name and size is not taken for a result that it is not', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  await haul.look()
  const success = haul.files()['OUTPUT/SUCCESS/june.csv'] ?? ''
  const other = await openHaul(database)
  other.drop('june.csv', 'x'.repeat(success.length), { folder: 'OUTPUT/SUCCESS' })
  other.drop('june.csv', register)
  await other.look()
  expect(other.files()['OUTPUT/SUCCESS/june.csv']).toBe('x'.repeat(success.length))
  expect(Object.values(other.files())).toContain(success)
})

test('a server without room keeps nothing half, its people are told once, and the results come when there is room', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  haul.ctx.server.interrupt = ({ operation, path, moment }) => {
    if (operation === 'write' && path.includes('/SUCCESS/') && moment === 'midway') throw remoteFault('remote.no_space', { path })
  }
  await haul.look()
  await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ state: 'reported', attempts: 0, failures: 2, code: 'remote.no_space' }])
  expect(Object.keys(haul.files()).filter((path) => path.startsWith('OUTPUT/'))).toEqual([])
  expect(haul.ctx.mailbox.map(({ subject }) => subject)).toEqual(['[sandbox] FTP client needs attention (GST, SAP)'])

  haul.ctx.server.interrupt = undefined
  await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ state: 'archived', attempts: 0, failures: 0 }])
  expect(Object.keys(haul.files())).toEqual(['INPUT/PROCESSED/june.csv', 'OUTPUT/SUCCESS/june.csv', 'OUTPUT/UPLOAD_ERROR/june.csv'])
  expect(haul.ctx.mailbox).toHaveLength(3)
})
