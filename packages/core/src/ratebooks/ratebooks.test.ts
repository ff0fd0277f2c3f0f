import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ratebooks } from '../imports/products/ratebooks/product.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { type ImportDesk, importDesk } from '../testing/import-desk.ts'
import { notedDatabase } from '../testing/noted-database.ts'
import { manyRates, type RateCells, sampleRatebook } from '../testing/ratebook.ts'
import { diffRatebook, listRatebookChanges } from './compare.ts'
import { publishRatebook } from './publish.ts'
import { listRates } from './rates.ts'
import { listRatebooks } from './read.ts'

let database: TestDatabase
let desk: ImportDesk
let ctx: TestContext
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  desk = await importDesk(database, { product: ratebooks, action: 'publish_rates' })
  const { workspaceId } = desk
  const memberships = [{ workspaceId, role: 'workspace_admin' as const }]
  ctx = testContext({ database, actor: { kind: 'user', id: workspaceId, email: 'asha@example.com', operator: false, memberships } })
})

const publish = async (rates: readonly RateCells[], options: Parameters<ImportDesk['take']>[1] = {}) =>
  (await desk.take(sampleRatebook(rates), options)).transferId
const rates = (query: Record<string, unknown> = {}) => listRates.run(ctx, { workspaceId: desk.workspaceId, ...query })
const statuses = async () => {
  const { items } = await listRatebooks.run(ctx, { workspaceId: desk.workspaceId })
  return Object.fromEntries(items.map(({ id, status }) => [id, status]))
}

describe('rates', () => {
  test('tell of the vehicle and the price, in numbers where the format has numbers', async () => {
    const ratebookId = await publish([{ co2_comb: '121.5', tag_line: 'In stock' }])
    expect((await rates()).items).toMatchObject([
      {
        ratebookId,
        payment: 266.5,
        termMonths: 36,
        mileage: 30_000,
        periodicFinancePayment: 245.1,
        tagLine: 'In stock',
        vehicle: { capId: 107_366, make: 'Volkswagen', co2Comb: 121.5, fuelType: 'petrol' },
      },
    ])
  })

  test.each<[Record<string, unknown>, number]>([
    [{ make: 'volkswagen' }, 36],
    [{ make: 'BMW', model: 'model 1' }, 12],
    [{ capId: 1001 }, 12],
    [{ fuelType: 'petrol' }, 120],
    [{ fuelType: 'lpg' }, 0],
    [{ termMonths: 36, mileage: 30_000 }, 10],
    [{ make: 'Tesla', termMonths: 48, mileage: 80_000 }, 2],
    [{ maxPayment: 199.99 }, 0],
    [{ maxPayment: 200 }, 120],
    [{ channel: 'another' }, 0],
  ])('are narrowed by %o', async (query, expected) => {
    await publish(manyRates(120, { payment: '200' }))
    let found = 0
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await rates({ ...query, limit: 100, cursor })
      found += page.items.length
      cursor = page.nextCursor
    }
    expect(found).toBe(expected)
  })

  test.each(['payment', 'payment_desc', 'vehicle'])('sorted by %s are the same on pages as at once, equal ones too', async (sort) => {
    await publish(manyRates(48, { payment: '200' }).map((rate, at) => ({ ...rate, periodic_finance_payment: String(200 + (at % 5)) })))
    const whole = (await rates({ sort, limit: 100 })).items
    expect(whole).toHaveLength(48)
    const paged: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await rates({ sort, limit: 7, cursor })
      paged.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(paged).toEqual(whole)
    const payments = whole.map((rate) => Number(rate.payment))
    if (sort !== 'vehicle') expect(payments).toEqual(payments.toSorted((a, b) => (sort === 'payment' ? a - b : b - a)))
  })

  test('go on in the book they began with, also when another one is published between two pages', async () => {
    const july = await publish(manyRates(24, { payment: '200' }), { fileName: 'july.csv' })
    const first = await rates({ limit: 10 })
    const august = await publish(manyRates(24, { payment: '300' }), { fileName: 'z-august.csv' })
    const second = await rates({ limit: 100, cursor: first.nextCursor })
    expect(second.items).toHaveLength(14)
    expect(new Set([...first.items, ...second.items].map(({ ratebookId }) => ratebookId))).toEqual(new Set([july]))
    expect(new Set((await rates()).items.map(({ ratebookId }) => ratebookId))).toEqual(new Set([august]))
  })

  test('of several books of a channel are read one book after the other', async () => {
    const settings = { multiRatebook: true }
    const vans = await publish(manyRates(12, { payment: '200' }), { fileName: 'vans.csv', settings })
    const cars = await publish(manyRates(12, { payment: '300' }), { fileName: 'cars.csv', settings })
    const first = await rates({ limit: 16 })
    const second = await rates({ limit: 16, cursor: first.nextCursor })
    const books = [...first.items, ...second.items].map(({ ratebookId }) => ratebookId)
    expect(books).toEqual([...Array(12).fill(cars), ...Array(12).fill(vans)])
  })

  test('that no book has are looked for in one question, however many books there are', async () => {
    for (const name of ['a', 'b', 'c']) await publish([{}], { fileName: `${name}.csv`, settings: { multiRatebook: true } })
    const noted = notedDatabase(ctx.db)
    expect(await listRates.run({ ...ctx, db: noted.db }, { workspaceId: desk.workspaceId, make: 'NOSUCH' })).toEqual({ items: [] })
    expect(noted.statements).toHaveLength(1)
    expect((await listRates.run({ ...ctx, db: noted.db }, { workspaceId: desk.workspaceId, make: 'volkswagen' })).items).toHaveLength(3)
  })

  test('are not shown to who administers another product', async () => {
    await publish([{}])
    const memberships = [{ workspaceId: desk.workspaceId, role: 'product_admin' as const, products: ['gst' as const] }]
    const other = ctx.as({ kind: 'user', id: desk.workspaceId, email: 'b@example.com', operator: false, memberships })
    expect(await listRates.run(other, { workspaceId: desk.workspaceId })).toEqual({ items: [] })
    expect(await listRatebooks.run(other, {})).toEqual({ items: [] })
  })
})

describe('an archived book', () => {
  test('is published again, and archives the one that took its place', async () => {
    const july = await publish([{}])
    const august = await publish([{ periodic_finance_payment: '250' }])
    expect(await statuses()).toEqual({ [july]: 'archived', [august]: 'published' })
    await publishRatebook.run(ctx, { id: july })
    await publishRatebook.run(ctx, { id: july })
    expect(await statuses()).toEqual({ [july]: 'published', [august]: 'archived' })
    const { rows } = await database.owner.query('select action, subject_id from audit_events where workspace_id = $1', [desk.workspaceId])
    expect(rows).toEqual([{ action: 'ratebook.published', subject_id: july }])
  })

  test('is not published while an import is loading another one', async () => {
    const july = await publish([{}])
    const held = Promise.withResolvers<void>()
    const locked = Promise.withResolvers<void>()
    const importing = desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
      await client.query('select pg_advisory_xact_lock(hashtext($1), hashtext($2))', [desk.workspaceId, 'ratebooks'])
      locked.resolve()
      await held.promise
    })
    await locked.promise
    await expect(publishRatebook.run(ctx, { id: july })).rejects.toMatchObject({ code: 'ratebook.import_running' })
    held.resolve()
    await importing
  })

  test('is compared with another: added, removed, and changed by how much', async () => {
    const against = await publish([{}, { vehicle_id: 'GONE' }, { vehicle_id: 'SAME' }])
    const id = await publish([{ periodic_finance_payment: '269.61' }, { vehicle_id: 'NEW' }, { vehicle_id: 'SAME' }])
    expect(await diffRatebook.run(ctx, { id, against })).toEqual({
      id,
      against,
      added: 1,
      removed: 1,
      changed: 1,
      unchanged: 1,
      averageChange: 24.51,
      averageChangePercent: 9.2,
      largestRise: 24.51,
    })
    const { items } = await listRatebookChanges.run(ctx, { id, against })
    expect(items).toMatchObject([
      { change: 'removed', vehicle: 'vehicle_id GONE', before: 266.5 },
      { change: 'added', vehicle: 'vehicle_id NEW', after: 266.5 },
      { change: 'changed', vehicle: 'vehicle_id VW-GOLF-1', before: 266.5, after: 291.01, changeBy: 24.51, changePercent: 9.2 },
    ])
    const first = await listRatebookChanges.run(ctx, { id, against, limit: 2 })
    const second = await listRatebookChanges.run(ctx, { id, against, limit: 2, cursor: first.nextCursor })
    expect([...first.items, ...second.items]).toEqual(items)
  })
})

describe('two books', () => {
  test('are compared where the older one asks nothing for a rate', async () => {
    const against = await publish([{}])
    await database.owner.query('update ratebook_rates set payment = 0 where book_id = $1', [against])
    const id = await publish([{}])
    expect(await diffRatebook.run(ctx, { id, against })).toMatchObject({ changed: 1, averageChange: 266.5, largestRise: 266.5 })
    expect((await diffRatebook.run(ctx, { id, against })).averageChangePercent).toBeUndefined()
  })

  test('differ on pages as they do at once', async () => {
    const against = await publish(manyRates(60, { payment: '200' }))
    const id = await publish(manyRates(60, { payment: '210' }).filter((_, at) => at % 5 !== 0))
    const whole = (await listRatebookChanges.run(ctx, { id, against, limit: 100 })).items
    expect(
      Map.groupBy(whole, ({ change }) => change)
        .keys()
        .toArray()
        .toSorted(),
    ).toEqual(['changed', 'removed'])
    const paged: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await listRatebookChanges.run(ctx, { id, against, limit: 7, cursor })
      paged.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(paged).toEqual(whole)
    expect(paged).toHaveLength(60)
    const other = await publish([{}])
    const { nextCursor } = await listRatebookChanges.run(ctx, { id, against, limit: 7 })
    const elsewhere = listRatebookChanges.run(ctx, { id: other, against: other, cursor: nextCursor })
    await expect(elsewhere).rejects.toMatchObject({ code: 'input.invalid' })
  })

  test('are read along their keys, no further than a page of differences goes', async () => {
    const against = await publish(manyRates(6000, { payment: '200' }))
    const id = await publish(manyRates(6000, { payment: '210' }))
    await database.owner.query('analyze ratebook_rates, ratebook_vehicles')
    const noted = notedDatabase(ctx.db)
    const first = await listRatebookChanges.run(ctx, { id, against })
    await listRatebookChanges.run({ ...ctx, db: noted.db }, { id, against, cursor: first.nextCursor })
    const plans = (await noted.plans(desk.workspaceId)).join('\n')
    expect(plans).toMatch(/Index .*Scan using ratebook_vehicles_identity/)
    expect(plans).toMatch(/Index Scan using ratebook_rates_pkey/)
    expect(plans).not.toMatch(/Seq Scan on ratebook_(rates|vehicles)/)
  })
})

describe('while books are published one after another', () => {
  test('a reader sees one book whole, and never an error, an empty answer or two books at once', async () => {
    const published = new Set([await publish(manyRates(240, { payment: '100' }))])
    let publishing = true
    const answers: { books: Set<string>; payments: Set<number>; count: number }[] = []
    const read = async () => {
      while (publishing) {
        const { items } = await rates({ limit: 100, make: 'BMW' })
        const books = new Set(items.map(({ ratebookId }) => ratebookId))
        answers.push({ books, payments: new Set(items.map(({ payment }) => payment)), count: items.length })
      }
    }
    const readers = [read(), read()]
    for (let at = 1; at <= 10; at++) published.add(await publish(manyRates(240, { payment: String(100 + at) })))
    publishing = false
    await Promise.all(readers)
    expect(answers.length).toBeGreaterThan(20)
    for (const { books, payments, count } of answers) expect([books.size, payments.size, count]).toEqual([1, 1, 60])
    expect(new Set(answers.flatMap(({ books }) => [...books])).isSubsetOf(published)).toBe(true)
  })
})
