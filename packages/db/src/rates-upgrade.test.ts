import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { databaseBefore } from './upgrade.fixture.ts'

test('rates that were published before are numbered by what they cost, and their vehicles know them', async () => {
  await using former = await databaseBefore('0029_rates_in_order_of_payment.sql')
  const { client } = former
  const key = [randomUUID(), randomUUID()]
  await client.query("insert into workspaces (id, name) values ($1, 'ours')", key.slice(0, 1))
  await client.query(
    `insert into ratebooks (workspace_id, id, channel, name, file_name, replaces, status, rates, vehicles)
     values ($1, $2, 'default', 'july', 'july.csv', 'channel', 'published', 4, 2)`,
    key,
  )
  await client.query(
    `insert into ratebook_vehicles (workspace_id, book_id, number, identity, make, model, derivative, fuel_type, p11d_value)
     select $1, $2, number, 'cap_id ' || number, 'Kia', 'Niro', 'EV', 'electric', 30000 from generate_series(1, 2) number`,
    key,
  )
  await client.query(
    `insert into ratebook_rates (workspace_id, book_id, identity, term_months, contract_mileage_total, advance_payment, row_number,
       vehicle_number, make, model, fuel_type, payment, monthly_payments, periodic_finance_payment)
     select $1, $2, 'cap_id ' || vehicle, term, term * 1000, 3, row, vehicle, 'KIA', 'NIRO', 'electric', payment, term - 3, payment
     from (values (1, 1, 24, 300.00), (2, 2, 24, 100.00), (3, 1, 36, 100.00), (4, 2, 36, 200.00)) rates (row, vehicle, term, payment)`,
    key,
  )
  await former.upgrade()
  const { rows: rates } = await client.query<object>(
    'select number, vehicle_number, term_months, payment from ratebook_rates order by number',
  )
  expect(rates).toEqual([
    { number: 1, vehicle_number: 2, term_months: 24, payment: '100.00' },
    { number: 2, vehicle_number: 1, term_months: 36, payment: '100.00' },
    { number: 3, vehicle_number: 2, term_months: 36, payment: '200.00' },
    { number: 4, vehicle_number: 1, term_months: 24, payment: '300.00' },
  ])
  const { rows: vehicles } = await client.query<object>(
    'select upper_make, rates, rate_terms, rate_mileages from ratebook_vehicles order by number',
  )
  expect(vehicles).toEqual([
    { upper_make: 'KIA', rates: [2, 4], rate_terms: [36, 24], rate_mileages: [36_000, 24_000] },
    { upper_make: 'KIA', rates: [1, 3], rate_terms: [24, 36], rate_mileages: [24_000, 36_000] },
  ])
  const { rows: upTo } = await client.query<{ count: number }>(
    'select rates_up_to($1, $2, most) as count from unnest(array[99.99, 100, 299.99, 300, 1000]) most',
    key,
  )
  expect(upTo.map(({ count }) => count)).toEqual([0, 2, 3, 4, 4])
})
