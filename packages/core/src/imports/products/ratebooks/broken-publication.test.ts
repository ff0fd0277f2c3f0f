import type { Database, Transaction } from '@drayage/db/connect'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importDesk } from '../../../testing/import-desk.ts'
import { manyRates, sampleRatebook } from '../../../testing/ratebook.ts'
import { ratebooks } from './product.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

/** A database whose first session ends, as it does when its worker dies, before the n-th thing that is asked of it. */
function dyingDatabase(inner: Database, death: { before: number; asked: number; over: boolean }): Database {
  const work = async <T>(transaction: Transaction, run: (transaction: Transaction) => Promise<T>): Promise<T> => {
    if (death.over) return run(transaction)
    const { client } = transaction
    const query = client.query
    const dying = async (...asked: unknown[]) => {
      const { processID } = client as unknown as { processID: number }
      await database.owner.query('select pg_terminate_backend($1, 5000)', [processID])
      return Reflect.apply(query, client, asked)
    }
    client.query = ((...asked: unknown[]) => {
      death.asked++
      // A COPY is a stream, and asked for without waiting.
      const isCopy = typeof (asked[0] as { submit?: unknown }).submit === 'function'
      if (death.asked === death.before && !isCopy) return dying(...asked)
      return Reflect.apply(query, client, asked)
    }) as typeof client.query
    try {
      return await run(transaction)
    } finally {
      client.query = query
      death.over = true
      // Dead after all was done, and before it was committed.
      if (++death.asked === death.before) await dying('select 1').catch(() => {})
    }
  }
  return { ...inner, inWorkspace: (ids, run) => inner.inWorkspace(ids, (transaction) => work(transaction, run)) }
}

test('a publication that dies before any of its steps leaves the old book published, and only a whole one the new', async () => {
  const inner = database.as('drayage_worker')
  const death = { before: 0, asked: 0, over: false }
  const desk = await importDesk({ ...database, as: () => dyingDatabase(inner, death) }, { product: ratebooks, action: 'publish_rates' })
  const { transferId: july } = await desk.take(sampleRatebook(manyRates(24, { payment: '200' })))
  const published = async () => {
    const { rows } = await database.owner.query(
      `select b.id, (select count(*)::int from ratebook_rates r where r.workspace_id = b.workspace_id and r.book_id = b.id) as rates
       from ratebooks b where workspace_id = $1 and status = 'published'`,
      [desk.workspaceId],
    )
    return rows
  }
  let deaths = 0
  for (let before = 1; ; before++) {
    Object.assign(death, { before, asked: 0, over: false })
    const august = await desk.take(sampleRatebook(manyRates(12, { payment: '300' }))).catch(() => undefined)
    if (august !== undefined && death.asked < before) {
      expect(await published()).toEqual([{ id: august.transferId, rates: 12 }])
      break
    }
    if (august === undefined) {
      deaths++
      expect(await published()).toEqual([{ id: july, rates: 24 }])
    } else {
      // What it stood before was a COPY: nobody died, so the new book is whole, and the old one comes back.
      expect(await published()).toEqual([{ id: august.transferId, rates: 12 }])
      const key = [desk.workspaceId, july]
      await database.owner.query("update ratebooks set status = 'archived' where workspace_id = $1 and id <> $2", key)
      await database.owner.query("update ratebooks set status = 'published' where workspace_id = $1 and id = $2", key)
    }
  }
  expect(deaths).toBeGreaterThan(15)
})
