import type { Client } from '@drayage/db/connect'
import { findReplaced } from '@drayage/db/queries/ratebooks'
import type { ImportFile } from '../../importer.ts'
import type { Placement } from './placement.ts'
import type { RatebookSettings } from './settings.ts'

type Check = { file: ImportFile; settings: RatebookSettings; placement: Placement; vehicleFields: readonly string[] }

/** What makes two rates the same one. */
const key = 'identity, term_months, contract_mileage_total, advance_payment'

/** Vehicles that are gone and named one by one. */
const namedGone = 1000

/**
 * The rules about rows together, and about the book beside the ones it would replace. Leaves the vehicles of the file in
 * the temporary table `staged_vehicles (number, row_number, identity, <vehicle fields>)`, so that they outlive a rejected
 * row that brought them.
 */
export async function checkRates(client: Client, check: Check): Promise<void> {
  const { file, placement, vehicleFields } = check
  await client.query(`
    create temporary table staged_vehicles on commit drop as
      select vehicle_number as number, row_number, identity, ${vehicleFields.join(', ')} from staged_rows where heads;
    create temporary table staged_duplicates on commit drop as
      select ${key}, min(row_number) as row_number, count(*) - 1 as more
      from staged_rows where identity is not null group by ${key} having count(*) > 1;
    analyze staged_rows (${key}, vehicle_number);
    analyze staged_vehicles;
    analyze staged_duplicates`)
  await findDuplicates(client)
  await findMissingProfiles(client)
  await findOlderModelYears(client)
  const books = await findReplaced(client, { workspaceId: file.workspaceId, ...placement })
  if (books.length > 0) await compareWith(client, { ...check, books })
}

async function findDuplicates(client: Client): Promise<void> {
  await client.query(`
    insert into staged_issues (row_number, severity, code, message)
    select r.row_number, 'error', 'rate.duplicate',
           'The row has the vehicle, term, mileage and advance payment of row ' || d.row_number || '. Remove one of them.'
    from staged_duplicates d join staged_rows r using (${key})
    where r.row_number > d.row_number
    order by r.row_number`)
}

/** Every profile is expected to have the same set of vehicles. */
async function findMissingProfiles(client: Client): Promise<void> {
  await client.query(`
    with profiles as (
      select count(*) as count from (select from staged_rows where identity is not null group by term_months, contract_mileage_total, advance_payment) each
    ), vehicles as (
      select identity, min(row_number) as row_number, count(*) as rates from staged_rows where identity is not null group by identity
    ), duplicates as (
      select identity, sum(more) as more from staged_duplicates group by identity
    )
    insert into staged_issues (row_number, severity, code, message)
    select row_number, 'warning', 'vehicle.profiles_missing',
           'The vehicle has rates for ' || rates - coalesce(more, 0) || ' of the ' || profiles.count
             || ' profiles of the file (term, mileage, advance payment). Add the others, so that it is found in each.'
    from profiles cross join vehicles left join duplicates using (identity)
    where rates - coalesce(more, 0) < profiles.count
    order by 1`)
}

async function findOlderModelYears(client: Client): Promise<void> {
  await client.query(`
    insert into staged_issues (row_number, severity, code, column_name, value, message)
    select row_number, 'warning', 'model_year.not_latest', 'model_year', model_year,
           'is not the latest of this derivative, which is in the file as ' || latest || ' too. Leave the older one out.'
    from (
      select row_number, model_year, max(model_year) over (partition by upper(make), upper(model), upper(derivative)) as latest
      from staged_vehicles where model_year ~ '^[0-9]{4}'
    ) years
    where model_year < latest order by row_number`)
}

/** What changed from the books that this one would replace. */
async function compareWith(client: Client, { file, settings, books }: Check & { books: readonly string[] }): Promise<void> {
  const before = [file.workspaceId, books]
  await client.query(
    `insert into staged_issues (row_number, severity, code, message)
     select min(s.row_number), 'notice', 'vehicle.new', 'The vehicle was not in the book before.'
     from staged_vehicles s
     where not exists (select from ratebook_vehicles v where v.workspace_id = $1 and v.book_id = any ($2) and v.identity = s.identity)
     group by s.identity order by 1`,
    before,
  )
  await client.query(
    `insert into staged_issues (row_number, severity, code, value, message)
     select 0, 'notice', 'vehicle.gone', identity, 'was in the book before and is not in this one: ' || min(make || ' ' || model || ' ' || derivative)
     from ratebook_vehicles v
     where workspace_id = $1 and book_id = any ($2) and not exists (select from staged_vehicles s where s.identity = v.identity)
     group by identity order by identity limit ${namedGone}`,
    before,
  )
  await client.query(
    `insert into staged_issues (row_number, severity, code, column_name, value, message)
     select min(s.row_number), 'warning', 'p11d_value.changed', 'p11d_value', min(s.p11d_value)::text,
            'is more than ' || $3::numeric || ' % from the ' || min(v.p11d_value) || ' of the book before. Make sure that it is meant.'
     from staged_vehicles s
     join ratebook_vehicles v on v.workspace_id = $1 and v.book_id = any ($2) and v.identity = s.identity
     where abs(s.p11d_value - v.p11d_value) * 100 > $3::numeric * v.p11d_value
     group by s.identity order by 1`,
    [...before, settings.p11dChangePercent],
  )
  await client.query(
    `insert into staged_issues (row_number, severity, code, column_name, value, message)
     select s.row_number, 'warning', 'price.outlier', 'periodic_finance_payment', s.periodic_finance_payment::text,
            'makes ' || s.payment || ' a month, more than ' || $3::numeric || ' % from the ' || r.payment || ' of the book before. Make sure that it is meant.'
     from (
       select row_number, identity, term_months, contract_mileage_total, advance_payment, periodic_finance_payment,
              periodic_finance_payment + coalesce(periodic_service_payment, 0) as payment
       from staged_rows where identity is not null
     ) s
     join ratebook_vehicles v on v.workspace_id = $1 and v.book_id = any ($2) and v.identity = s.identity
     join ratebook_rates r on r.workspace_id = $1 and r.book_id = v.book_id and r.vehicle_number = v.number
       and (r.term_months, r.contract_mileage_total, r.advance_payment) = (s.term_months, s.contract_mileage_total, s.advance_payment)
     where abs(s.payment - r.payment) * 100 > $3::numeric * r.payment
     order by s.row_number`,
    [...before, settings.priceChangePercent],
  )
}
