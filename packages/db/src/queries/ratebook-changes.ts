import type { Client } from '../connect.ts'

/** Two books of one workspace: what the one has that the other has not, and what both have at another price. */
type Books = { workspaceId: string; id: string; against: string }

export type RatebookChangeRow = {
  ordinal: number
  change: 'added' | 'removed' | 'changed'
  identity: string
  make: string
  model: string
  derivative: string
  termMonths: number
  mileage: number
  advancePayment: number
  before: string | null
  after: string | null
}

export type RatebookDifference = {
  added: number
  removed: number
  changed: number
  unchanged: number
  /** Of the changed ones, in pounds a month and in percent of the price before; null if there are none. */
  averageChange: string | null
  largestRise: string | null
  largestFall: string | null
  averageChangePercent: string | null
}

// Both sides come in the order of the key, so that they are read along it together, without a table between them.
const side = (book: string) => `(
  select identity, term_months, contract_mileage_total, advance_payment, vehicle_number, payment
  from ratebook_rates where workspace_id = $1 and book_id = ${book}
)`
const key = 'identity, term_months, contract_mileage_total, advance_payment'
const joined = `${side('$3')} before full join ${side('$2')} after using (${key})`

export async function compareRatebooks(client: Client, books: Books): Promise<RatebookDifference> {
  const { rows } = await client.query<RatebookDifference>(
    `select count(*) filter (where before.payment is null)::int as added, count(*) filter (where after.payment is null)::int as removed,
       count(*) filter (where after.payment <> before.payment)::int as changed,
       count(*) filter (where after.payment = before.payment)::int as unchanged,
       round(avg(after.payment - before.payment) filter (where after.payment <> before.payment), 2) as "averageChange",
       max(after.payment - before.payment) filter (where after.payment > before.payment) as "largestRise",
       min(after.payment - before.payment) filter (where after.payment < before.payment) as "largestFall",
       round(avg((after.payment - before.payment) * 100 / before.payment) filter (where after.payment <> before.payment), 2) as "averageChangePercent"
     from ${joined}`,
    [books.workspaceId, books.id, books.against],
  )
  return rows[0] as RatebookDifference
}

/** The changes in the order of the key, numbered from 1; some at a time, the first behind number `after`. */
export async function listRatebookChanges(client: Client, page: Books & { after: number; limit: number }): Promise<RatebookChangeRow[]> {
  const { rows } = await client.query<Omit<RatebookChangeRow, 'ordinal'>>(
    `select c.change, c.identity, v.make, v.model, v.derivative, c.term_months as "termMonths", c.contract_mileage_total as mileage,
       c.advance_payment as "advancePayment", c.before, c.after
     from (
       select ${key}, before.payment as before, after.payment as after,
         case when before.payment is null then 'added' when after.payment is null then 'removed' else 'changed' end as change,
         case when after.payment is null then $3::uuid else $2::uuid end as book_id, coalesce(after.vehicle_number, before.vehicle_number) as number
       from ${joined}
       where before.payment is distinct from after.payment
       order by ${key} offset $4 limit $5
     ) c
     join ratebook_vehicles v on v.workspace_id = $1 and v.book_id = c.book_id and v.number = c.number
     order by c.identity, c.term_months, c.contract_mileage_total, c.advance_payment`,
    [page.workspaceId, page.id, page.against, page.after, page.limit],
  )
  return rows.map((row, index) => ({ ...row, ordinal: page.after + index + 1 }))
}
