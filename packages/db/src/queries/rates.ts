import type { Client } from '../connect.ts'
import { type RatebookRow, ratebookColumns } from './ratebooks.ts'

/** What a rate is narrowed by; make and model whatever their case. */
export type RateFilter = {
  make?: string
  model?: string
  capId?: number
  fuelType?: string
  termMonths?: number
  mileage?: number
  maxPayment?: number
}

export type RateSort = 'payment' | 'payment_desc' | 'vehicle'

/** A rate and its vehicle, by the names of their columns. Numbers of the format are text, as PostgreSQL writes them. */
export type RateRow = Record<string, unknown> & { book_id: string; number: number }

export type RatesPage = {
  workspaceId: string
  book: Pick<RatebookRow, 'id' | 'rates' | 'vehicles'>
  filter: RateFilter
  sort: RateSort
  /** The number of a rate: those behind it in the order. */
  after?: number
  limit: number
  /** Columns of the vehicle and of the rate that are wanted. */
  vehicleFields: readonly string[]
  rateFields: readonly string[]
}

/** Some rates of one book, the first behind the rate `after`. None if the book has no such rate. */
export async function findRates(client: Client, page: RatesPage): Promise<RateRow[]> {
  const { book, after, vehicleFields, rateFields } = page
  if (after !== undefined && after > book.rates) return []
  const found = page.sort === 'vehicle' ? await byVehicle(client, page) : await byPayment(client, page)
  if (found === undefined) return []
  const { numbers, order, values } = found
  const shown = [...rateFields.map((field) => `r.${field}`), ...vehicleFields.map((field) => `v.${field}`)].join(', ')
  const { rows } = await client.query<RateRow>(
    `select r.book_id, r.number, r.payment, ${shown}
     from (${numbers}) wanted
     join ratebook_rates r on r.workspace_id = $1 and r.book_id = $2 and r.number = wanted.number
     join ratebook_vehicles v on v.workspace_id = $1 and v.book_id = $2 and v.number = r.vehicle_number
     order by ${order}`,
    values,
  )
  return rows
}

/** A statement for the numbers of the rates of a page, and how it orders a rate `r` of a vehicle `v`. */
type Numbers = { numbers: string; order: string; values: unknown[] }

/**
 * From this many rates on that the vehicles of a page have, it is sooner to go along all rates and pass over those of others
 * than to gather theirs and sort them.
 */
const manyRates = 40_000

/** The numbers of rates are in the order of what they cost. */
async function byPayment(client: Client, page: RatesPage): Promise<Numbers> {
  const { workspaceId, book, filter, sort, after } = page
  const ofVehicles = vehicleConditions(filter)
  const gathers = ofVehicles.length > 0 && !(await hasMany(client, page))
  const { values, all } = conditionsIn([workspaceId, book.id, page.limit])
  const number = gathers ? 'u.rate' : 'number'
  const [direction, behind] = sort === 'payment' ? ['asc', '>'] : ['desc', '<']
  const wanted = all([
    ...rateConditions(filter, { number, book: '$2' }),
    ...(after === undefined ? [] : [{ sql: (place: string) => `${number} ${behind} ${place}`, given: after }]),
  ])
  const among = ofVehicles.length === 0 ? '' : all(ofVehicles)
  const ofOthers = `and exists (
    select from ratebook_vehicles v where v.workspace_id = $1 and v.book_id = $2 and v.number = ratebook_rates.vehicle_number ${among}
  )`
  return {
    numbers: `select ${number} as number from ${gathers ? vehiclesWithRates : 'ratebook_rates'}
      where workspace_id = $1 and book_id = $2 ${wanted} ${gathers || among === '' ? among : ofOthers} order by ${number} ${direction} limit $3`,
    order: `r.number ${direction}`,
    values,
  }
}

/** By make and model, and those of one model by what they cost. */
async function byVehicle(client: Client, { workspaceId, book, filter, limit, after }: RatesPage): Promise<Numbers | undefined> {
  const { values, value, all } = conditionsIn([workspaceId, book.id, limit])
  const wanted = all([...vehicleConditions(filter), ...rateConditions(filter, { number: 'u.rate', book: '$2' })])
  let behind = ''
  if (after !== undefined) {
    const { rows } = await client.query<{ make: string; model: string }>(
      `select v.upper_make as make, v.upper_model as model from ratebook_rates r
       join ratebook_vehicles v on v.workspace_id = $1 and v.book_id = $2 and v.number = r.vehicle_number
       where r.workspace_id = $1 and r.book_id = $2 and r.number = $3`,
      [workspaceId, book.id, after],
    )
    const [from] = rows
    if (from === undefined) return undefined
    const [make, model] = [value(from.make), value(from.model)]
    // The first of both, which says less, is what an index can be entered by.
    behind = `and (v.upper_make, v.upper_model) >= (${make}, ${model})
      and (v.upper_make, v.upper_model, u.rate) > (${make}, ${model}, ${value(after)})`
  }
  return {
    numbers: `select u.rate as number from ${vehiclesWithRates} where workspace_id = $1 and book_id = $2 ${wanted} ${behind}
      order by v.upper_make, v.upper_model, u.rate limit $3`,
    order: 'v.upper_make, v.upper_model, r.number',
    values,
  }
}

/** Whether the vehicles that a page is narrowed to have many rates, by what vehicles of the book have on average. */
async function hasMany(client: Client, { workspaceId, book, filter }: RatesPage): Promise<boolean> {
  const { values, value, all } = conditionsIn([workspaceId, book.id])
  const many = Math.ceil((manyRates * book.vehicles) / book.rates)
  const wanted = all(vehicleConditions(filter))
  const { rows } = await client.query<{ many: boolean }>(
    `select count(*) = ${value(many)} as many from (
       select from ratebook_vehicles v where workspace_id = $1 and book_id = $2 ${wanted} limit ${value(many)}
     ) found`,
    values,
  )
  return rows[0]?.many ?? false
}

/** Of the published books of a channel by name, the first behind the name `after` that has such a rate. */
export async function findBookWithRates(
  client: Client,
  place: { workspaceId: string; channel: string; filter: RateFilter; after?: string },
): Promise<RatebookRow | undefined> {
  const { values, all } = conditionsIn([place.workspaceId, place.channel, place.after])
  const ofVehicles = vehicleConditions(place.filter)
  const gathers = ofVehicles.length > 0
  const ofRates = rateConditions(place.filter, { number: gathers ? 'u.rate' : 'number', book: 'ratebooks.id' })
  // The limit keeps the planner from joining the rates of all books, to find one book.
  const { rows } = await client.query<RatebookRow>(
    `select ${ratebookColumns} from ratebooks
     cross join lateral (
       select from ${gathers ? vehiclesWithRates : 'ratebook_rates'}
       where workspace_id = $1 and book_id = ratebooks.id ${all([...ofVehicles, ...ofRates])}
       limit 1
     ) found
     where workspace_id = $1 and channel = $2 and status = 'published' and ($3::text is null or name collate "C" > $3)
     order by name collate "C" limit 1`,
    values,
  )
  return rows[0]
}

/** A vehicle as often as it has rates, with what is kept of them beside it. */
const vehiclesWithRates = `ratebook_vehicles v
  cross join lateral unnest(v.rates, v.rate_terms, v.rate_mileages) u (rate, term_months, contract_mileage_total)`

type Condition = { sql: (value: string) => string; given: unknown }

function vehicleConditions({ make, model, capId, fuelType }: RateFilter): Condition[] {
  return given([
    { sql: (value) => `v.upper_make = upper(${value})`, given: make },
    { sql: (value) => `v.upper_model = upper(${value})`, given: model },
    { sql: (value) => `v.cap_id = ${value}`, given: capId },
    { sql: (value) => `v.fuel_type = ${value}`, given: fuelType },
  ])
}

/** `number` and `book` are SQL: that of a rate, and of whose book it is. */
function rateConditions({ termMonths, mileage, maxPayment }: RateFilter, { number, book }: { number: string; book: string }): Condition[] {
  return given([
    { sql: (value) => `term_months = ${value}`, given: termMonths },
    { sql: (value) => `contract_mileage_total = ${value}`, given: mileage },
    { sql: (value) => `${number} <= (select rates_up_to($1, ${book}, ${value}))`, given: maxPayment },
  ])
}

function given(conditions: readonly Condition[]): Condition[] {
  return conditions.filter((condition) => condition.given !== undefined)
}

/** Gathers the values of a statement that has these already. */
function conditionsIn(values: unknown[]) {
  const value = (given: unknown) => `$${values.push(given)}`
  const all = (conditions: readonly Condition[]) => conditions.map(({ sql, given }) => `and ${sql(value(given))}`).join(' ')
  return { values, value, all }
}
