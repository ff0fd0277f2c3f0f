import { rateColumns } from '../imports/products/ratebooks/columns.ts'
import { csvWriter } from '../imports/write-csv.ts'

/** Cells by header; what is left out is as in `sampleRate`. */
export type RateCells = Readonly<Record<string, string>>

/** A rate of a petrol car over three years, with nothing wrong with it. */
export const sampleRate: RateCells = {
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
}

const write = csvWriter({ delimiter: ',', quote: '"' })
const headers = rateColumns.map((column) => column.header)

/** A ratebook with all columns, a line for each of the rates. */
export function sampleRatebook(rates: readonly RateCells[]): string {
  const line = (rate: RateCells) => write(headers.map((header) => ({ ...sampleRate, ...rate })[header] ?? ''))
  return write(headers) + rates.map(line).join('')
}

/** `count` rates at this price: 3 terms and 4 mileages of vehicles of several makes. */
export function manyRates(count: number, { payment }: { payment: string }): RateCells[] {
  const makes = ['Volkswagen', 'BMW', 'Tesla', 'Ford']
  return Array.from({ length: count }, (_, at) => {
    const vehicle = Math.floor(at / 12)
    const term = [24, 36, 48][at % 3] ?? 24
    return {
      vehicle_id: `V-${vehicle}`,
      cap_code: '',
      cap_id: String(1000 + vehicle),
      make: makes[vehicle % makes.length] ?? '',
      model: `Model ${vehicle % 40}`,
      derivative: `Derivative ${vehicle}`,
      term_months: String(term),
      monthly_payments: String(term - 3),
      contract_mileage_total: String((term / 12) * ([8000, 10_000, 15_000, 20_000][Math.floor(at / 3) % 4] ?? 8000)),
      periodic_finance_payment: payment,
      periodic_service_payment: '0',
    }
  })
}
