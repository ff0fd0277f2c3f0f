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
  await client.query(
    `insert into ratebook_vehicles (workspace_id, book_id, number, identity, ${vehicleFields.join(', ')})
     select $1, $2, number, identity, ${vehicleFields.join(', ')} from staged_vehicles
     where number in (select vehicle_number from staged_rows) order by number`,
    book,
  )
  // In the order of the key, so that the indexes grow at their ends.
  const loaded = await client.query(
    `insert into ratebook_rates (workspace_id, book_id, identity, row_number, vehicle_number, make, model, cap_id, fuel_type, payment, extras,
       ${rateFields.join(', ')})
     select $1, $2, r.identity, r.row_number, r.vehicle_number, upper(v.make), upper(v.model), v.cap_id, v.fuel_type,
       r.periodic_finance_payment + coalesce(r.periodic_service_payment, 0), r.extras, ${rateFields.map((field) => `r.${field}`).join(', ')}
     from staged_rows r join staged_vehicles v on v.number = r.vehicle_number
     order by r.identity, r.term_months, r.contract_mileage_total, r.advance_payment`,
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
