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

/** How rates are ordered: each order goes along an index, and ends with the row, so that no two are alike in it. */
const orders = {
  payment: { keys: ['payment', 'row_number'], direction: 'asc' },
  payment_desc: { keys: ['payment', 'row_number'], direction: 'desc' },
  vehicle: { keys: ['make', 'model', 'payment', 'row_number'], direction: 'asc' },
} as const
export type RateSort = keyof typeof orders

const conditions: { [Field in keyof RateFilter]-?: (value: string) => string } = {
  make: (value) => `make = upper(${value})`,
  model: (value) => `model = upper(${value})`,
  capId: (value) => `cap_id = ${value}`,
  fuelType: (value) => `fuel_type = ${value}`,
  termMonths: (value) => `term_months = ${value}`,
  mileage: (value) => `contract_mileage_total = ${value}`,
  maxPayment: (value) => `payment <= ${value}`,
}

/** A rate and its vehicle, by the names of their columns. Numbers of the format are text, as PostgreSQL writes them. */
export type RateRow = Record<string, unknown> & { book_id: string; row_number: number }

/** Some rates of one book, the first behind the row `after`. None if the book has no such row. */
export async function findRates(
  client: Client,
  page: { workspaceId: string; bookId: string; filter: RateFilter; sort: RateSort; after?: number; limit: number },
): Promise<RateRow[]> {
  const { keys, direction } = orders[page.sort]
  const values: unknown[] = [page.workspaceId, page.bookId, page.limit]
  const value = (given: unknown) => `$${values.push(given)}`
  const narrowed = conditionsOf(page.filter, value)
  const order = keys.map((key) => `${key} ${direction}`).join(', ')
  if (page.after !== undefined) {
    const last = await client.query<Record<string, unknown>>(
      `select ${keys.join(', ')} from ratebook_rates where workspace_id = $1 and book_id = $2 and row_number = $3`,
      [page.workspaceId, page.bookId, page.after],
    )
    const [from] = last.rows
    if (from === undefined) return []
    narrowed.push(`(${keys.join(', ')}) ${direction === 'asc' ? '>' : '<'} (${keys.map((key) => value(from[key])).join(', ')})`)
  }
  const { rows } = await client.query<RateRow>(
    `select v.*, r.*, v.make, v.model
     from (
       select * from ratebook_rates
       where workspace_id = $1 and book_id = $2 ${narrowed.map((condition) => `and ${condition}`).join(' ')}
       order by ${order} limit $3
     ) r
     join ratebook_vehicles v on v.workspace_id = r.workspace_id and v.book_id = r.book_id and v.number = r.vehicle_number
     order by ${keys.map((key) => `r.${key} ${direction}`).join(', ')}`,
    values,
  )
  return rows
}

/** Of the published books of a channel by name, the first behind the name `after` that has such a rate. */
export async function findBookWithRates(
  client: Client,
  place: { workspaceId: string; channel: string; filter: RateFilter; after?: string },
): Promise<RatebookRow | undefined> {
  const values: unknown[] = [place.workspaceId, place.channel, place.after]
  const narrowed = conditionsOf(place.filter, (given) => `$${values.push(given)}`)
  // The limit keeps the planner from joining the rates of all books, to find one book.
  const { rows } = await client.query<RatebookRow>(
    `select ${ratebookColumns} from ratebooks
     cross join lateral (
       select from ratebook_rates r
       where r.workspace_id = $1 and r.book_id = ratebooks.id ${narrowed.map((condition) => `and ${condition}`).join(' ')}
       limit 1
     ) found
     where workspace_id = $1 and channel = $2 and status = 'published' and ($3::text is null or name collate "C" > $3)
     order by name collate "C" limit 1`,
    values,
  )
  return rows[0]
}

function conditionsOf(filter: RateFilter, value: (given: unknown) => string): string[] {
  return Object.entries(filter)
    .filter(([, given]) => given !== undefined)
    .map(([field, given]) => conditions[field as keyof RateFilter](value(given)))
}
