import type { Client } from '../connect.ts'
import { type Placement, publishRatebook } from './ratebooks.ts'

type Load = {
  workspaceId: string
  transferId: string
  fileName: string
  placement: Placement
  vehicleFields: readonly string[]
  rateFields: readonly string[]
  /** What is said of a book that came too late to be published. */
  outdated: { code: string; message: string }
}

/** Rates from which on a book is worth learning about. */
const learntFrom = 10_000

/**
 * Loads the staged rates and their vehicles as a book beside all others, and publishes it, unless a later one is published
 * in its place already: then it is archived at once, with the given warning.
 */
export async function loadRatebook(client: Client, load: Load): Promise<void> {
  const { workspaceId, transferId, fileName, placement, vehicleFields, rateFields, outdated } = load
  const book = [workspaceId, transferId]
  // In the order of the key, so that it grows at its end.
  const loaded = await client.query(
    `insert into ratebook_rates (workspace_id, book_id, number, vehicle_number, payment, extras, ${rateFields.join(', ')})
     select $1, $2, row_number() over (order by payment, row_number), vehicle_number, payment, extras, ${rateFields.join(', ')}
     from (select *, periodic_finance_payment + coalesce(periodic_service_payment, 0) as payment from staged_rows) r
     order by payment, row_number`,
    book,
  )
  await client.query(
    `insert into ratebook_vehicles (workspace_id, book_id, number, identity, rates, rate_terms, rate_mileages, ${vehicleFields.join(', ')})
     select $1, $2, number, identity, rates, rate_terms, rate_mileages, ${vehicleFields.join(', ')}
     from staged_vehicles join (
       select vehicle_number as number, array_agg(number order by number) as rates, array_agg(term_months order by number) as rate_terms,
         array_agg(contract_mileage_total order by number) as rate_mileages
       from ratebook_rates where workspace_id = $1 and book_id = $2 group by 1
     ) r using (number) order by number`,
    book,
  )
  await client.query(
    `insert into ratebooks (workspace_id, id, channel, name, file_name, replaces, status, rates, vehicles, archived_at)
     select $1, $2, $3, $4, $5, $6, 'archived', $7, count(distinct identity), clock_timestamp()
     from ratebook_vehicles where workspace_id = $1 and book_id = $2`,
    [...book, placement.channel, placement.name, fileName, placement.replaces, loaded.rowCount],
  )
  // A small book changes no plan, and is loaded sooner without.
  if ((loaded.rowCount ?? 0) >= learntFrom) await client.query('select analyze_ratebooks()')
  const { rowCount: later } = await client.query(
    `select from ratebooks where workspace_id = $1 and channel = $2 and status = 'published' and ($3 = 'channel' or name = $4) and id > $5`,
    [workspaceId, placement.channel, placement.replaces, placement.name, transferId],
  )
  if (later === 0) await publishRatebook(client, { workspaceId, id: transferId })
  else {
    await client.query(`insert into staged_issues (row_number, severity, code, message) values (0, 'warning', $1, $2)`, [
      outdated.code,
      outdated.message,
    ])
  }
}
