import { sampleRate } from '../../../testing/ratebook.ts'
import type { Cells, ImporterFixture } from '../../importer.conformance.ts'
import { ratebooks } from './product.ts'
import { publishRates } from './publish-rates.ts'

/** A rate with nothing wrong with it. */
export const golfRate: Cells = { ...sampleRate, tag_line: '' }

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
        `select to_jsonb(r) - '{workspace_id,book_id,number,vehicle_number}'::text[]
           || jsonb_build_object('vehicle', to_jsonb(v) - '{workspace_id,book_id,number,rates}'::text[]) as held
         from ratebooks b
         join ratebook_rates r on r.workspace_id = b.workspace_id and r.book_id = b.id
         join ratebook_vehicles v on v.workspace_id = b.workspace_id and v.book_id = b.id and v.number = r.vehicle_number
         where b.status = 'published' order by v.identity, r.term_months`,
      )
      return rows.map((row) => row.held)
    }),
}
