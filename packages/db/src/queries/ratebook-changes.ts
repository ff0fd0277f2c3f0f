import type { Client } from '../connect.ts'

/** Two books of one workspace: what the one has that the other has not, and what both have at another price. */
type Books = { workspaceId: string; id: string; against: string }

export type RatebookChangeRow = {
  /** Where the rate stands now, or of one that was removed, where it stood. */
  bookId: string
  number: number
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

/** The rates of a book with what makes two of two books the same one, of the vehicles that are known by some names. */
const side = (book: string, names = '') => `(
  select v.identity, r.term_months, r.contract_mileage_total, r.advance_payment, r.vehicle_number, r.number, r.payment
  from ratebook_vehicles v ${names === '' ? all : theirs}
  where v.workspace_id = $1 and v.book_id = ${book} ${names}
)`
const all = 'join ratebook_rates r on r.workspace_id = v.workspace_id and r.book_id = v.book_id and r.vehicle_number = v.number'
// By number, of some vehicles.
const theirs = `cross join lateral unnest(v.rates) u (rate)
  join ratebook_rates r on r.workspace_id = v.workspace_id and r.book_id = v.book_id and r.number = u.rate`
const joined = (names = '') => `${side('$3', names)} before full join ${side('$2', names)} after using (${key})`

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

type Place = { bookId: string; number: number }

/** Some changes in the order of the vehicles, the first behind that of the rate `after`. None if there is no such rate. */
export async function listRatebookChanges(client: Client, page: Books & { after?: Place; limit: number }): Promise<RatebookChangeRow[]> {
  const { workspaceId, id, against, limit } = page
  const after = page.after && (await findKey(client, { workspaceId, ...page.after }))
  if (page.after !== undefined && after === undefined) return []
  const rows: RatebookChangeRow[] = []
  // In steps, each with twice as many vehicles: not much more is read than the page needs, however few differences there are.
  let names = await findNames(client, { workspaceId, id, against, from: after?.[0], count: 4 })
  for (let count = 8; names.length > 0 && rows.length < limit; count *= 2) {
    rows.push(...(await listAmong(client, { workspaceId, id, against, names, after, limit: limit - rows.length })))
    names = await findNames(client, { workspaceId, id, against, behind: names.at(-1), count })
  }
  return rows
}

/** Of a rate, in the order of `key`. */
type Key = [identity: string, term: number, mileage: number, advance: number]

async function findKey(client: Client, rate: Place & { workspaceId: string }): Promise<Key | undefined> {
  const { rows } = await client.query<Key>({
    text: `select ${key} from ratebook_rates r join ratebook_vehicles v using (workspace_id, book_id)
      where workspace_id = $1 and book_id = $2 and r.number = $3 and v.number = r.vehicle_number`,
    values: [rate.workspaceId, rate.bookId, rate.number],
    rowMode: 'array',
  })
  return rows[0]
}

/** By what the next vehicles of the two books are known, in order. */
async function findNames(client: Client, page: Books & { from?: string; behind?: string; count: number }): Promise<string[]> {
  const ofBook = (book: string) => `(select distinct identity from ratebook_vehicles where workspace_id = $1 and book_id = ${book}
    and identity >= coalesce($4, '') and ($5::text is null or identity > $5) order by identity limit $6)`
  const { rows } = await client.query<{ identity: string }>(
    `select identity from (${ofBook('$2')} union ${ofBook('$3')}) names order by identity limit $6`,
    [page.workspaceId, page.id, page.against, page.from ?? page.behind, page.behind, page.count],
  )
  return rows.map(({ identity }) => identity)
}

async function listAmong(
  client: Client,
  page: Books & { names: readonly string[]; after?: Key; limit: number },
): Promise<RatebookChangeRow[]> {
  const values: unknown[] = [page.workspaceId, page.id, page.against, page.names, page.limit, ...(page.after ?? [])]
  const { rows } = await client.query<RatebookChangeRow>(
    `select c.change, c.book_id as "bookId", c.rate as number, c.identity, v.make, v.model, v.derivative,
       c.term_months as "termMonths", c.contract_mileage_total as mileage, c.advance_payment as "advancePayment", c.before, c.after
     from (
       select ${key}, before.payment as before, after.payment as after,
         case when before.payment is null then 'added' when after.payment is null then 'removed' else 'changed' end as change,
         case when after.payment is null then $3::uuid else $2::uuid end as book_id,
         coalesce(after.number, before.number) as rate, coalesce(after.vehicle_number, before.vehicle_number) as vehicle_number
       from ${joined('and v.identity = any ($4)')}
       where before.payment is distinct from after.payment ${page.after === undefined ? '' : `and (${key}) > ($6, $7, $8, $9)`}
       order by ${key} limit $5
     ) c
     join ratebook_vehicles v on v.workspace_id = $1 and v.book_id = c.book_id and v.number = c.vehicle_number
     order by c.identity, c.term_months, c.contract_mileage_total, c.advance_payment`,
    values,
  )
  return rows
}
