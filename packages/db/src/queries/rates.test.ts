import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { findBookWithRates, findRates, type RateFilter, type RateSort } from './rates.ts'

/** A book that is large enough for each way of finding rates. */
const workspaceId = randomUUID()
const book = { id: randomUUID(), vehicles: 5000, rates: 60_000 }
const key = [workspaceId, book.id]

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await database.owner.query("insert into workspaces (id, name) values ($1, 'ours')", [workspaceId])
  await database.owner.query(
    `insert into ratebooks (workspace_id, id, channel, name, file_name, replaces, status, rates, vehicles)
     values ($1, $2, 'default', 'july', 'july.csv', 'channel', 'published', $3, $4)`,
    [...key, book.rates, book.vehicles],
  )
  // Twelve rates of each vehicle: three terms and four mileages, in an order of payment that has nothing to do with either.
  await database.owner.query(
    `insert into ratebook_rates (workspace_id, book_id, number, vehicle_number, term_months, contract_mileage_total, advance_payment, payment,
       monthly_payments, periodic_finance_payment)
     select $1, $2, row_number() over (order by payment, at), 1 + at / 12, 24 + 12 * (at % 3), 10000 * (1 + at / 3 % 4), 3, payment, 33, payment
     from (select at, 100 + at::bigint * 7919 % 60000 / 50 as payment from generate_series(0, 59999) at) rates order by payment, at`,
    key,
  )
  await database.owner.query(
    `insert into ratebook_vehicles (workspace_id, book_id, number, identity, make, model, derivative, fuel_type, cap_id, p11d_value,
       rates, rate_terms, rate_mileages)
     select $1, $2, vehicle_number, vehicle_number, case vehicle_number % 10 when 0 then 'Fiat' else 'Kia' end, 'Model ' || vehicle_number % 7,
       '', case vehicle_number % 4 when 0 then 'electric' else 'petrol' end, vehicle_number, 30000,
       array_agg(number order by number), array_agg(term_months order by number), array_agg(contract_mileage_total order by number)
     from ratebook_rates where workspace_id = $1 and book_id = $2 group by vehicle_number`,
    key,
  )
  await database.owner.query('analyze ratebook_rates, ratebook_vehicles')
})
afterAll(() => database[Symbol.asyncDispose]())

const orders: Record<RateSort, string> = {
  payment: 'payment, r.number',
  payment_desc: 'payment desc, r.number desc',
  vehicle: 'upper(v.make) collate "C", upper(v.model) collate "C", payment, r.number',
}

/** By the words of the filter, one rate after another. */
async function inFull(filter: RateFilter, sort: RateSort): Promise<number[]> {
  const { make, model, capId, fuelType, termMonths, mileage, maxPayment } = filter
  const { rows } = await database.owner.query<{ number: number }>(
    `select r.number from ratebook_rates r join ratebook_vehicles v on v.book_id = r.book_id and v.number = r.vehicle_number
     where ($1::text is null or upper(v.make) = upper($1)) and ($2::text is null or upper(v.model) = upper($2)) and ($3::int is null or v.cap_id = $3)
       and ($4::text is null or v.fuel_type = $4) and ($5::int is null or r.term_months = $5)
       and ($6::int is null or r.contract_mileage_total = $6) and ($7::numeric is null or r.payment <= $7)
     order by ${orders[sort]} limit 150`,
    [make, model, capId, fuelType, termMonths, mileage, maxPayment],
  )
  return rows.map(({ number }) => number)
}

test.each<RateFilter>([
  {},
  { make: 'KIA' },
  { make: 'fiat' },
  { make: 'kia', termMonths: 36, mileage: 20_000 },
  { make: 'fiat', termMonths: 36, mileage: 20_000 },
  { make: 'kia', maxPayment: 120 },
  { fuelType: 'petrol', maxPayment: 300, termMonths: 24 },
  { make: 'fiat', model: 'model 3', fuelType: 'electric' },
  { capId: 4711, termMonths: 48 },
  { termMonths: 48 },
  { mileage: 40_000 },
  { termMonths: 24, mileage: 10_000, maxPayment: 110 },
  { maxPayment: 100 },
  { maxPayment: 99.99 },
  { make: 'kia', termMonths: 60 },
])('%o finds, page by page and in each order, what looking at every rate finds', async (filter) => {
  const db = database.as('drayage_api')
  for (const sort of ['payment', 'payment_desc', 'vehicle'] as const) {
    const expected = await inFull(filter, sort)
    const found: number[] = []
    for (let more = true; more && found.length < expected.length + 1; ) {
      const page = { workspaceId, book, filter, sort, after: found.at(-1), limit: 50, vehicleFields: ['make'], rateFields: ['term_months'] }
      const rows = await db.inWorkspace(workspaceId, ({ client }) => findRates(client, page))
      found.push(...rows.map(({ number }) => number))
      more = rows.length === 50 && found.length < 150
    }
    expect(found, sort).toEqual(expected)
    const first = await db.inWorkspace(workspaceId, ({ client }) => findBookWithRates(client, { workspaceId, channel: 'default', filter }))
    expect(first?.id).toBe(expected.length === 0 ? undefined : book.id)
  }
})
