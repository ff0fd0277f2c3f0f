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

const register = (number: string) => salesRegister([{ number }])

test('an original is put away under a name of its own, however often its name came before', async () => {
  const haul = await openHaul(database)
  for (const number of ['A', 'B']) {
    haul.drop('june.csv', register(number))
    await haul.look()
  }
  const [, second] = await haul.transfers()
  expect(haul.files()).toMatchObject({
    'INPUT/PROCESSED/june.csv': register('A'),
    [`INPUT/PROCESSED/june~${second?.id.slice(0, 8)}.csv`]: register('B'),
  })

  // Of two files of the same minute the ids begin alike, so the short name may be taken as well.
  haul.ctx.server.interrupt = async ({ operation, to, moment }) => {
    if (operation !== 'move' || moment !== 'before' || !to?.includes('/PROCESSED/')) return
    haul.ctx.server.interrupt = undefined
    haul.drop(`june~${(await haul.transfers())[2]?.id.slice(0, 8)}.csv`, 'was here before', { folder: 'INPUT/PROCESSED' })
  }
  haul.drop('june.csv', register('C'))
  await haul.look()
  const [, , third] = await haul.transfers()
  expect(haul.files()).toMatchObject({ [`INPUT/PROCESSED/june~${third?.id}.csv`]: register('C') })
})

test('the name of a file that waits to be put away is not taken by a later one', async () => {
  const haul = await openHaul(database)
  haul.ctx.server.interrupt = ({ operation, to, moment }) => {
    if (operation !== 'move' || moment !== 'before' || !to?.includes('/PROCESSED/')) return
    haul.ctx.server.interrupt = undefined
    throw remoteFault('remote.connection_lost')
  }
  haul.drop('june.csv', register('A'))
  await haul.look()
  haul.drop('june.csv', register('B'))
  await haul.look()
  const [first, second] = await haul.transfers()
  expect([first?.state, second?.state]).toEqual(['delivered', 'archived'])
  await haul.carryOn()
  expect(haul.files()).toMatchObject({
    'INPUT/PROCESSED/june.csv': register('A'),
    [`INPUT/PROCESSED/june~${second?.id}.csv`]: register('B'),
  })
})

test('a file that somebody took out of the claimed folder meanwhile was put away by them', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register('A'))
  haul.ctx.server.interrupt = async ({ operation, path, to, moment }) => {
    if (operation !== 'move' || moment !== 'before' || !to?.includes('/PROCESSED/')) return
    haul.ctx.server.interrupt = undefined
    await haul.ctx.server.open().remove(path)
  }
  await haul.look()
  expect(await haul.transfers()).toMatchObject([{ state: 'archived', attempts: 0, failures: 0 }])
  expect(Object.keys(haul.files())).toEqual(['OUTPUT/SUCCESS/june.csv'])
})
