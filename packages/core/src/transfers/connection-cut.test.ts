import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Moment } from '../remotes/memory.ts'
import { remoteFault } from '../remotes/remote-faults.ts'
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
)('a connection that is cut $moment any one operation on $what changes nothing in the end', async ({ moment, content }) => {
  const whole = await whatCameOf(await openHaul(database), content)
  // The fault at the first operation, then at the second, until there is none left.
  for (let nth = 1; ; nth++) {
    const haul = await openHaul(database)
    const cut = cutAt(haul, { nth, moment })
    const result = await whatCameOf(haul, content)
    expect(result, `cut ${moment} operation ${nth}, ${cut.operation}`).toEqual(whole)
    if (cut.operation === undefined) break
    expect(await attempts(haul), `cut ${moment} operation ${nth}, ${cut.operation}`).toBe(0)
  }
})

/** Drops a file and lets workers come by until all is at rest. */
async function whatCameOf(haul: Haul, content: string) {
  haul.drop('june.csv', content)
  for (let tries = 0; tries < 3; tries++) {
    await haul.look()
    await haul.carryOn()
  }
  const [transfer, ...more] = await haul.transfers()
  const documents = await haul.documents()
  return {
    more,
    ledger: transfer?.ledger,
    documents: documents.map(({ number, lines }) => ({ number, lines })),
    byThisTransfer: documents.every((document) => document.transfer_id === transfer?.id),
    files: haul.files(),
    subjects: haul.ctx.mailbox.map(({ subject }) => subject),
  }
}

function cutAt(haul: Haul, at: { nth: number; moment: Moment }): { operation?: string } {
  const cut: { operation?: string } = {}
  let passed = 0
  haul.ctx.server.interrupt = ({ operation, path, moment }) => {
    if (moment !== at.moment || ++passed !== at.nth) return
    cut.operation = `${operation} ${path}`
    throw remoteFault('remote.connection_lost')
  }
  return cut
}

async function attempts(haul: Haul): Promise<number | undefined> {
  return (await haul.transfers())[0]?.attempts
}
