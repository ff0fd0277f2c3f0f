import { type Random, seededRandom } from '@drayage/core/imports/products/gst/sample-random'
import { rateColumns } from '@drayage/core/imports/products/ratebooks/columns'
import { csvWriter } from '@drayage/core/imports/write-csv'

/** What a book holds. The same options give the same bytes. */
export type BookOptions = {
  rates: number
  /** Of its prices, which differ by a few percent; vehicles are the same in all books. */
  seed: number
  /** What each of its rates says in `tag_line`, so that it is known whose it is. */
  mark?: string
}

/** A vehicle has a rate for each: 3 terms, 8 mileages a year, 2 advance payments. */
export const profiles = [1, 3].flatMap((advance) =>
  [24, 36, 48].flatMap((term) =>
    [5000, 8000, 10_000, 12_000, 15_000, 20_000, 25_000, 30_000].map((yearly) => ({ advance, term, mileage: (yearly * term) / 12 })),
  ),
)

/** Vehicles of a book in bytes of its file, and what they cost. */
type Vehicle = { cells: string; p11d: number }

const chunkLength = 64 * 1024
const write = csvWriter({ delimiter: ',', quote: '"' })
const vehicleFields = rateColumns.filter(({ level }) => level === 'vehicle').map(({ field }) => field)
const rateFields = rateColumns.filter(({ level }) => level === 'rate').map(({ field }) => field)

/** Makes, and how many models each has. */
export const makes = [
  ...[
    'Audi',
    'BMW',
    'BYD',
    'Citroen',
    'Cupra',
    'Dacia',
    'Fiat',
    'Ford',
    'Genesis',
    'Honda',
    'Hyundai',
    'Jaguar',
    'Jeep',
    'Kia',
    'Land Rover',
  ],
  ...[
    'Lexus',
    'Mazda',
    'Mercedes-Benz',
    'MG Motor UK',
    'MINI',
    'Nissan',
    'Peugeot',
    'Polestar',
    'Renault',
    'SEAT',
    'Skoda',
    'Tesla',
    'Toyota',
  ],
  ...['Vauxhall', 'Volkswagen', 'Volvo'],
]
export const modelsOfEach = 12
export const fuels = ['Petrol', 'Petrol', 'Diesel', 'Petrol Hybrid', 'Petrol Plug-in Hybrid', 'Electric', 'Electric']

/** A ratebook with all columns, profile after profile, each with all vehicles: as one pastes the sheets of a funder together. */
export function* bookBytes({ rates, seed, mark = '' }: BookOptions): Generator<Buffer, void, void> {
  const random = seededRandom(seed)
  const count = Math.ceil(rates / profiles.length)
  const garage = seededRandom(1)
  const vehicles = Array.from({ length: count }, (_, at) => vehicleOf(at, garage))
  let text = write(rateColumns.map(({ header }) => header))
  let left = rates
  for (const { advance, term, mileage } of profiles) {
    for (const { cells, p11d } of vehicles) {
      if (left-- === 0) break
      const finance = (p11d / (term + 10) / 2 + mileage / 900) * (1 + 0.05 * random.fraction())
      text += cells
      text += write(
        cellsOf(rateFields, {
          term_months: String(term),
          advance_payment: String(advance),
          monthly_payments: String(term - advance),
          contract_mileage_total: String(mileage),
          periodic_finance_payment: finance.toFixed(2),
          periodic_service_payment: (term / 2 + mileage / 4000).toFixed(2),
          residual_value: (p11d * 0.4).toFixed(2),
          vehicle_homologation: 'M1',
          tag_line: mark,
        }),
      )
      if (text.length < chunkLength) continue
      yield Buffer.from(text)
      text = ''
    }
    if (left < 0) break
  }
  yield Buffer.from(text)
}

/** The cells of a vehicle as they begin each of its rows. */
function vehicleOf(at: number, random: Random): Vehicle {
  const make = makes[at % makes.length] ?? ''
  const model = `${make.slice(0, 1)}${1 + (Math.floor(at / makes.length) % modelsOfEach)}`
  const fuel = random.pick(fuels)
  const electric = fuel === 'Electric'
  const p11d = random.integer(16_000, 95_000)
  const power = random.integer(65, 400)
  const line = write(
    cellsOf(vehicleFields, {
      cap_code: `${make.slice(0, 2).toUpperCase()}${model.padEnd(4)}${String(at).padStart(8, '0')}  1 L`,
      cap_id: String(100_000 + at),
      make,
      model,
      derivative: `${(power / 80).toFixed(1)} ${fuel} ${power} Trim ${at} 5dr`,
      model_year: '2026',
      grade: `Trim ${at % 9}`,
      co2_comb: electric ? '0' : String(random.integer(20, 210)),
      combined_mpg_wltp: electric ? '' : (20 + random.fraction() * 40).toFixed(1),
      bhp: String(power),
      bodytype: random.pick(['Hatchback', 'Estate', 'SUV', 'Saloon']),
      engine_size: electric ? '' : String(random.integer(999, 3999)),
      fuel_type: fuel,
      num_doors: '5',
      num_seats: '5',
      p11d_value: p11d.toFixed(2),
      transmission: electric ? 'Automatic' : random.pick(['Manual', 'Automatic']),
      dim_length: String(random.integer(3600, 5200)),
      dim_height: String(random.integer(1400, 1900)),
      dim_width: String(random.integer(1700, 2100)),
      weight: String(random.integer(900, 2600)),
      acceleration: (3 + random.fraction() * 10).toFixed(1),
      top_speed: String(random.integer(95, 170)),
      ncap_rating: '5',
      insurance_group: `${random.integer(5, 50)}E`,
      all_electric_range: electric ? String(random.integer(150, 400)) : '',
      battery_capacity: electric ? String(random.integer(40, 110)) : '',
      rde_certification_level: electric ? '' : 'RDE2',
      alternative_fuel_qualifying: electric ? 'true' : 'false',
    }),
  )
  return { cells: `${line.slice(0, -1)},`, p11d }
}

function cellsOf(fields: readonly string[], cells: Readonly<Record<string, string>>): string[] {
  return fields.map((field) => cells[field] ?? '')
}
