import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { remoteFault } from '../remotes/remote-faults.ts'
import { salesRegister } from '../testing/sales-register.ts'
import { type Haul, openHaul, someWorker } from './haul.fixture.ts'

/** Two workers, four files, and whatever may go wrong at any operation on the server: cut lines and lost leases, in any order. */

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const dropped: Readonly<Record<string, string>> = {
  'a.csv': salesRegister([{ number: 'A1', lines: 2 }, { number: 'A2', bad: true }, { number: 'A3' }]),
  'b.csv': salesRegister([{ number: 'A1', lines: 3 }, { number: 'B2' }]),
  'c.csv': 'Document Number;Date',
  'd.csv': salesRegister([{ number: 'D1', bad: true }]),
}
const life = (judged: string) => ['seen', 'claiming', 'claimed', 'fetched', judged, 'reported', 'delivered', 'archived']

/** What happens at the next moments, one after the other; 0 is nothing. Few crashes, since three set a file aside. */
const evil = fc.record({
  cuts: fc.array(fc.nat({ max: 150 }), { maxLength: 12 }),
  losses: fc.array(fc.nat({ max: 150 }), { maxLength: 2 }),
})

test('every file is imported, answered and put away exactly once, whatever goes wrong between', async () => {
  await fc.assert(
    fc.asyncProperty(evil, async ({ cuts, losses }) => {
      const haul = await openHaul(database)
      let moments = 0
      haul.ctx.server.interrupt = async () => {
        const now = moments++
        if (losses.includes(now)) await loseLeases(haul)
        if (cuts.includes(now)) throw remoteFault('remote.connection_lost')
      }
      for (const [name, content] of Object.entries(dropped)) haul.drop(name, content)
      const [one, other] = [someWorker(), someWorker()]
      for (let rounds = 0; rounds < 4; rounds++) await Promise.all([haul.look(one), haul.look(other), haul.carryOn(other)])
      haul.ctx.server.interrupt = undefined
      await loseLeases(haul)
      for (let rounds = 0; rounds < 3; rounds++) await haul.carryOn(one)
      await check(haul)
    }),
    { numRuns: 15 },
  )
})

async function check(haul: Haul): Promise<void> {
  const transfers = await haul.transfers()
  expect(transfers.map(({ file_name }) => file_name).toSorted()).toEqual(Object.keys(dropped))
  for (const { file_name, ledger, loaded } of transfers) {
    const good = file_name < 'c'
    expect({ file_name, ledger, loaded }).toEqual({ file_name, ledger: life(good ? 'imported' : 'rejected'), loaded: good })
  }
  const [a, b] = ['a.csv', 'b.csv'].map((name) => transfers.find(({ file_name }) => file_name === name)?.id ?? '')
  const shared = a !== undefined && b !== undefined && a > b ? { lines: 2, transfer_id: a } : { lines: 3, transfer_id: b }
  expect(await haul.documents()).toEqual([
    { number: 'A1', ...shared },
    { number: 'A3', lines: 1, transfer_id: a },
    { number: 'B2', lines: 1, transfer_id: b },
  ])
  const files = haul.files()
  const folders = { 'a.csv': 'PROCESSED', 'b.csv': 'PROCESSED', 'c.csv': 'FAILED', 'd.csv': 'FAILED' }
  const originals = Object.entries(folders).map(([name, folder]) => `INPUT/${folder}/${name}`)
  const results = ['SUCCESS/a.csv', 'SUCCESS/b.csv', 'UPLOAD_ERROR/a.csv', 'UPLOAD_ERROR/c.csv', 'UPLOAD_ERROR/d.csv']
  expect(Object.keys(files)).toEqual([...originals, ...results.map((path) => `OUTPUT/${path}`)].toSorted())
  for (const path of originals) expect(files[path]).toBe(dropped[path.split('/').at(-1) ?? ''])
  const reports = haul.ctx.mailbox.filter(({ subject }) => /[acd]\.csv/.test(subject))
  expect(new Set(reports.map(({ messageId }) => messageId)).size).toBe(3)
  expect(reports).toHaveLength(3)
}

async function loseLeases(haul: Haul): Promise<void> {
  await haul.query(
    "update transfers set lease_until = clock_timestamp() - interval '1 second' where workspace_id = $1 and lease_until is not null",
  )
}
