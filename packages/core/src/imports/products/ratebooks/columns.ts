import type { CellKind } from '../../cells.ts'
import type { Column } from '../../importer.ts'
import { count, figure, flag, fuelType, money, words } from './cells.ts'

/** A column of the agreed format. Its field, in rules and in the database, is its header. */
export type RateColumn = Column & {
  field: string
  /** A vehicle has many rates: what concerns the vehicle is kept once. */
  level: 'vehicle' | 'rate'
  kind: CellKind
  /** An empty cell is an error. */
  needed?: true
  /** An empty cell is worth a notice, once for each vehicle. */
  recommended?: true
}

type More = Pick<RateColumn, 'required' | 'needed' | 'recommended'>

const always: More = { required: true, needed: true }
const recommended: More = { recommended: true }
const gPerKm = 'WLTP, g/km'
const miles = 'Miles'

/** The 69 columns, in the order of their short names c1 to c69. Source: the public data specification of the format. */
export const rateColumns: readonly RateColumn[] = [
  vehicle('vehicle_id', words, 'Your own key of the vehicle. A row needs this, cap_id or cap_code'),
  vehicle('cap_code', words, 'CAP code, with its spaces'),
  vehicle('cap_id', count({ digits: 9 }), 'CAP id, digits alone'),
  vehicle('make', words, 'Such as Volkswagen', always),
  vehicle('model', words, 'Such as Golf', always),
  vehicle('derivative', words, 'Such as 1.5 TSI Life 5dr', always),
  vehicle('model_year', words, 'Of one vehicle the latest only', recommended),
  vehicle('grade', words, 'Trim level'),
  vehicle('co2_comb', figure, `CO2 combined, ${gPerKm}; 0 for an electric vehicle`),
  vehicle('co2_comb_min', figure, gPerKm),
  vehicle('co2_comb_max', figure, gPerKm),
  vehicle('co2_weighted_comb', figure, `CO2 weighted combined of a plug-in hybrid, ${gPerKm}`),
  vehicle('co2_weighted_comb_min', figure, gPerKm),
  vehicle('co2_weighted_comb_max', figure, gPerKm),
  vehicle('combined_mpg_wltp', figure, 'Miles per gallon, WLTP'),
  vehicle('combined_mpg_wltp_min', figure, 'Miles per gallon, WLTP'),
  vehicle('combined_mpg_wltp_max', figure, 'Miles per gallon, WLTP'),
  vehicle('weighted_mpg_wltp', figure, 'Miles per gallon of a plug-in hybrid, WLTP'),
  vehicle('weighted_mpg_wltp_min', figure, 'Miles per gallon, WLTP'),
  vehicle('weighted_mpg_wltp_max', figure, 'Miles per gallon, WLTP'),
  vehicle('bhp', figure, 'Brake horsepower'),
  vehicle('bodytype', words, 'Such as Hatchback', recommended),
  vehicle('engine_size', figure, 'Cubic centimetres'),
  vehicle('fuel_type', fuelType, 'Petrol, Diesel, Electric, Petrol Hybrid, Petrol Plug-in Hybrid and the like', always),
  vehicle('num_doors', figure, 'Number of doors'),
  vehicle('num_seats', figure, 'Number of seats'),
  vehicle('p11d_value', money, 'P11D value in pounds, more than 0', always),
  vehicle('transmission', words, 'Such as Manual', recommended),
  vehicle('dim_length', figure, 'Millimetres'),
  vehicle('dim_height', figure, 'Millimetres'),
  vehicle('dim_width', figure, 'Millimetres'),
  vehicle('weight', figure, 'Kilograms'),
  vehicle('acceleration', figure, 'Seconds from 0 to 62 mph'),
  vehicle('top_speed', figure, 'Miles per hour'),
  vehicle('ncap_rating', words, 'Euro NCAP stars'),
  vehicle('insurance_group', words, 'Such as 21E'),
  vehicle('all_electric_range', figure, miles),
  vehicle('all_electric_range_min', figure, miles),
  vehicle('all_electric_range_max', figure, miles),
  vehicle('equivalent_all_electric_range', figure, miles),
  vehicle('equivalent_all_electric_range_min', figure, miles),
  vehicle('equivalent_all_electric_range_max', figure, miles),
  vehicle('pure_electric_range', figure, miles),
  vehicle('pure_electric_range_min', figure, miles),
  vehicle('pure_electric_range_max', figure, miles),
  vehicle('wltp_ec_comb', figure, 'Electric consumption combined, WLTP'),
  vehicle('wltp_ec_comb_min', figure, 'Electric consumption combined, WLTP'),
  vehicle('wltp_ec_comb_max', figure, 'Electric consumption combined, WLTP'),
  vehicle('battery_type', words, 'Such as Lithium ion'),
  vehicle('battery_capacity', figure, 'kWh'),
  vehicle('max_charge_rate', figure, 'kW'),
  vehicle('connector_type', words, 'Such as CCS'),
  vehicle('rde_certification_level', words, 'Such as RDE2'),
  vehicle('alternative_fuel_qualifying', flag, 'true or false'),
  rate('rate_id', words, 'Your own key of the rate'),
  rate('term_months', count({ digits: 3 }), 'Length of the contract in months: 24, 36 or 48 unless agreed otherwise', always),
  rate('advance_payment', count({ digits: 3 }), 'Number of monthly payments made in advance, such as 3 of 3-0-33', always),
  rate('monthly_payments', count({ digits: 3 }), 'Number of payments that follow, such as 33 of 3-0-33', always),
  rate('contract_mileage_total', count({ digits: 7 }), 'Miles over the whole contract, not a year', always),
  rate('periodic_finance_payment', money, 'Monthly finance payment in pounds, more than 0', always),
  rate('periodic_service_payment', money, 'Monthly payment for maintenance in pounds; 0 without'),
  rate('residual_value', money, 'In pounds'),
  rate('purchase_price', money, 'In pounds'),
  rate('sales_category', words, 'Your own'),
  rate('delivery_date', words, 'When it can be delivered'),
  rate('vehicle_homologation', words, 'Such as M1'),
  rate('tag_line', words, 'What is shown beside the rate'),
  rate('rank', count({ digits: 9 }), 'Place among the rates that are shown, 1 first'),
  rate('standard_emissions', words, 'Such as Euro 6'),
].map((column, index) => ({ ...column, shorthand: `c${index + 1}` }))

function vehicle(header: string, kind: CellKind, help: string, more: More = {}): RateColumn {
  return { header, field: header, level: 'vehicle', kind, help, ...more }
}

function rate(header: string, kind: CellKind, help: string, more: More = {}): RateColumn {
  return { header, field: header, level: 'rate', kind, help, ...more }
}
