import type { Client } from '../connect.ts'

/** Two books of one workspace: what the one has that the other has not, and what both have at another price. */
type Books = { workspaceId: string; id: string; against: string }

export type RatebookChangeRow = {
  /** Where the rate stands now, or of one that was removed, where it stood. */
  bookId: string
  rowNumber: number
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
  /** Of the changed ones, in pounds a month and in percent of the price before, where that was not 0; null if there are none. */
  averageChange: string | null
  largestRise: string | null
  largestFall: string | null
  averageChangePercent: string | null
}

const key = 'identity, term_months, contract_mileage_total, advance_payment'
/** Of a rate, in the order of `key`. */
type Key = readonly unknown[]

// Both sides come in the order of the key, so that they are read along it together, without a table between them.
const joined = (range = '') => `${side('$3', range)} before full join ${side('$2', range)} after using (${key})`
const side = (book: string, range: string) => `(
  select ${key}, vehicle_number, row_number, payment from ratebook_rates where workspace_id = $1 and book_id = ${book} ${range}
)`

export async function compareRatebooks(client: Client, books: Books): Promise<RatebookDifference> {
  const { rows } = await client.query<RatebookDifference>(
    `select count(*) filter (where before.payment is null)::int as added, count(*) filter (where after.payment is null)::int as removed,
       count(*) filter (where after.payment <> before.payment)::int as changed,
       count(*) filter (where after.payment = before.payment)::int as unchanged,
       round(avg(after.payment - before.payment) filter (where after.payment <> before.payment), 2) as "averageChange",
       max(after.payment - before.payment) filter (where after.payment > before.payment) as "largestRise",
       min(after.payment - before.payment) filter (where after.payment < before.payment) as "largestFall",
       round(avg((after.payment - before.payment) * 100 / nullif(before.payment, 0)) filter (where after.payment <> before.payment), 2) as "averageChangePercent"
     from ${joined()}`,
    [books.workspaceId, books.id, books.against],
  )
  return rows[0] as RatebookDifference
}

/** Some changes in the order of the key, the first behind that of the rate `after`. None if there is no such rate. */
export async function listRatebookChanges(
  client: Client,
  page: Books & { after?: { bookId: string; rowNumber: number }; limit: number },
): Promise<RatebookChangeRow[]> {
  let behind = page.after && (await findKey(client, { workspaceId: page.workspaceId, ...page.after }))
  if (page.after !== undefined && behind === undefined) return []
  const rows: RatebookChangeRow[] = []
  // In steps, each twice as long as the one before: not much more is read than the page needs, however few differences there are.
  for (let step = page.limit; rows.length < page.limit; step *= 2) {
    const end = await findEnd(client, { ...page, behind, step })
    rows.push(...(await listBetween(client, { ...page, behind, end, limit: page.limit - rows.length })))
    if (end === undefined) break
    behind = end
  }
  return rows
}

async function findKey(client: Client, rate: { workspaceId: string; bookId: string; rowNumber: number }): Promise<Key | undefined> {
  const text = `select ${key} from ratebook_rates where workspace_id = $1 and book_id = $2 and row_number = $3`
  return (await client.query({ text, values: [rate.workspaceId, rate.bookId, rate.rowNumber], rowMode: 'array' })).rows[0]
}

/** The key up to which neither book has more than `step` rates; undefined if that is where both end. */
async function findEnd(client: Client, from: Books & { behind?: Key; step: number }): Promise<Key | undefined> {
  const { range, values } = rangeOf(from)
  const end = (book: string) =>
    `(select ${key} from ratebook_rates where workspace_id = $1 and book_id = ${book} ${range} order by ${key} offset $${values.length + 1} limit 1)`
  const text = `select * from (${end('$2')} union all ${end('$3')}) ends order by ${key} limit 1`
  return (await client.query({ text, values: [...values, from.step - 1], rowMode: 'array' })).rows[0]
}

async function listBetween(client: Client, page: Books & { behind?: Key; end?: Key; limit: number }): Promise<RatebookChangeRow[]> {
  const { range, values } = rangeOf(page)
  const { rows } = await client.query<RatebookChangeRow>(
    `select c.change, c.book_id as "bookId", c.row_number as "rowNumber", c.identity, v.make, v.model, v.derivative,
       c.term_months as "termMonths", c.contract_mileage_total as mileage, c.advance_payment as "advancePayment", c.before, c.after
     from (
       select ${key}, before.payment as before, after.payment as after,
         case when before.payment is null then 'added' when after.payment is null then 'removed' else 'changed' end as change,
         case when after.payment is null then $3::uuid else $2::uuid end as book_id,
         coalesce(after.row_number, before.row_number) as row_number, coalesce(after.vehicle_number, before.vehicle_number) as number
       from ${joined(range)}
       where before.payment is distinct from after.payment
       order by ${key} limit $${values.length + 1}
     ) c
     join ratebook_vehicles v on v.workspace_id = $1 and v.book_id = c.book_id and v.number = c.number
     order by c.identity, c.term_months, c.contract_mileage_total, c.advance_payment`,
    [...values, page.limit],
  )
  return rows
}

function rangeOf({ workspaceId, id, against, behind, end }: Books & { behind?: Key; end?: Key }): { range: string; values: unknown[] } {
  const values: unknown[] = [workspaceId, id, against]
  const bound = (than: '>' | '<=', at: Key | undefined) =>
    at === undefined ? '' : `and (${key}) ${than} (${at.map((part) => `$${values.push(part)}`).join(', ')})`
  const range = `${bound('>', behind)} ${bound('<=', end)}`
  return { range, values }
}
