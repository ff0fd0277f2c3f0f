import type { Cells, ImporterFixture } from '../../importer.conformance.ts'
import { ratebooks } from './product.ts'
import { publishRates } from './publish-rates.ts'

/** A rate of a petrol car over three years, with nothing wrong with it. */
export const golfRate: Cells = {
  vehicle_id: 'VW-GOLF-1',
  cap_code: 'VWGO15LIF5HPTM  4',
  cap_id: '107366',
  make: 'Volkswagen',
  model: 'Golf',
  derivative: '1.5 TSI Life 5dr',
  model_year: '2026',
  co2_comb: '121',
  bodytype: 'Hatchback',
  fuel_type: 'Petrol',
  p11d_value: '27035.00',
  transmission: 'Manual',
  term_months: '36',
  advance_payment: '3',
  monthly_payments: '33',
  contract_mileage_total: '30000',
  periodic_finance_payment: '245.10',
  periodic_service_payment: '21.40',
  tag_line: '',
}

export const electricRate: Cells = {
  ...golfRate,
  vehicle_id: 'TE-M3-1',
  cap_code: 'TEM300RWD4SE A  1',
  cap_id: '99817',
  make: 'Tesla',
  model: 'Model 3',
  derivative: 'RWD 4dr Auto',
  co2_comb: '0',
  fuel_type: 'Electric',
  p11d_value: '39935',
  transmission: 'Automatic',
  periodic_finance_payment: '389.00',
}

export const publishRatesFixture: ImporterFixture = {
  product: ratebooks,
  action: publishRates,
  rows: [golfRate, electricRate, { ...golfRate, vehicle_id: 'VW-GOLF-2', cap_id: '107367', derivative: '1.5 TSI Style 5dr' }],
  wrong: { cells: { term_months: '30' }, column: 'term_months', code: 'term_months.not_offered' },
  doubtful: { cells: { monthly_payments: '20' }, code: 'monthly_payments.not_of_term' },
  freeText: 'tag_line',
  holdings: (desk) =>
    desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
      const { rows } = await client.query<{ held: unknown }>(
        `select to_jsonb(r) - '{workspace_id,book_id,row_number,vehicle_number}'::text[]
           || jsonb_build_object('vehicle', to_jsonb(v) - '{workspace_id,book_id,number}'::text[]) as held
         from ratebooks b
         join ratebook_rates r on r.workspace_id = b.workspace_id and r.book_id = b.id
         join ratebook_vehicles v on v.workspace_id = b.workspace_id and v.book_id = b.id and v.number = r.vehicle_number
         where b.status = 'published' order by r.identity, r.term_months`,
      )
      return rows.map((row) => row.held)
    }),
}
