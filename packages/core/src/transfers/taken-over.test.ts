import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gst } from '../imports/products/gst/product.ts'
import type { Moment } from '../remotes/memory.ts'
import { salesRegister } from '../testing/sales-register.ts'
import { type Haul, openHaul } from './haul.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const register = salesRegister([{ number: 'A1', lines: 2 }, { number: 'A2', bad: true }, { number: 'A3' }])
const files = { 'a register': register, 'a file that is refused whole': 'Document Number;Date' }

test.for(
  (['before', 'midway', 'after'] as const).flatMap((moment) => Object.entries(files).map(([what, content]) => ({ moment, what, content }))),
)(
  'a worker that stalls $moment any one operation on $what and wakes when another one is done changes nothing',
  async ({ moment, content }) => {
    for (let nth = 1; ; nth++) {
      const haul = await openHaul(database)
      haul.drop('june.csv', content)
      const stall = stallAt(haul, { nth, moment })
      const former = haul.look()
      const operation = await Promise.race([stall.reached, former.then(() => undefined)])
      if (operation === undefined) break
      await loseLeases(haul)
      await haul.look()
      await haul.carryOn()
      const done = await everything(haul)
      expect(done.states, operation).toEqual(['archived'])
      stall.release()
      await former
      expect(await everything(haul), `stalled ${moment} operation ${nth}, ${operation}`).toEqual(done)
    }
  },
)

test('a worker that wakes up and takes a later file of the same name puts it back, so that it is not lost', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  // Behind the listing of each inbox.
  const stall = stallAt(haul, { nth: gst.actions.flatMap(({ folders }) => folders.inboxes).length + 1, moment: 'before' })
  const former = haul.look()
  expect(await stall.reached).toMatch(/^move .*INIT/)
  await loseLeases(haul)
  await haul.carryOn()
  const later = salesRegister([{ number: 'B1' }])
  haul.drop('june.csv', later)
  stall.release()
  await former
  expect(haul.files()['INPUT/INIT/june.csv']).toBe(later)
  await haul.look()
  expect((await haul.transfers()).map(({ state }) => state)).toEqual(['archived', 'archived'])
  expect((await haul.documents()).map(({ number }) => number)).toEqual(['A1', 'A3', 'B1'])
})

async function loseLeases(haul: Haul): Promise<void> {
  await haul.query(
    `update transfers set lease_until = clock_timestamp() - interval '1 second' where workspace_id = $1 and lease_holder is not null`,
  )
}

async function everything(haul: Haul) {
  const transfers = await haul.transfers()
  return {
    states: transfers.map(({ state }) => state),
    transfers,
    rows: await haul.query('select * from transfers where workspace_id = $1'),
    ledger: await haul.query('select * from transfer_ledger where workspace_id = $1 order by transfer_id, ordinal'),
    outputs: await haul.query('select * from transfer_outputs where workspace_id = $1 order by kind'),
    documents: await haul.documents(),
    files: haul.files(),
    subjects: haul.ctx.mailbox.map(({ subject }) => subject),
  }
}

/** Holds one operation up, at the moment given, until released. */
function stallAt(haul: Haul, at: { nth: number; moment: Moment }) {
  const reached = Promise.withResolvers<string>()
  const released = Promise.withResolvers<void>()
  let passed = 0
  haul.ctx.server.interrupt = async ({ operation, path, moment }) => {
    if (moment !== at.moment || ++passed !== at.nth) return
    reached.resolve(`${operation} ${path}`)
    await released.promise
  }
  return { reached: reached.promise, release: released.resolve }
}
