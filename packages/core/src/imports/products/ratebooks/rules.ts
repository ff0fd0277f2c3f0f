import type { Severity } from '@drayage/db/vocabulary'
import type { RatebookSettings } from './settings.ts'

/** What is asked of the cells of a row together, or of one that can be read. NaN stands for an empty or wrong cell. */
type Rule<Facts> = {
  code: string
  severity: Severity
  /** The column that is named. */
  field: string
  broken(facts: Facts): boolean
  /** What is wrong and what to do about it; row, column and value are put before it. */
  message(facts: Facts): string
}

export type VehicleFacts = {
  identity: string
  fuelType: string
  co2: number
  weightedCo2: number
  p11d: number
}

export type RateFacts = {
  term: number
  advance: number
  monthly: number
  mileage: number
  finance: number
  terms: RatebookSettings['terms']
}

/** Vehicles that emit nothing where they drive. */
const emissionFree = ['electric', 'hydrogen']

/** Miles a year that nobody drives, and that hardly anybody agrees on: rather, a year's miles stand where the contract's belong. */
const absurdYear = 100_000
const scarceYear = 4000

export const vehicleRules: readonly Rule<VehicleFacts>[] = [
  {
    code: 'vehicle.not_identified',
    severity: 'error',
    field: 'vehicle_id',
    broken: ({ identity }) => identity === '',
    message: () => 'The row names no vehicle; fill in vehicle_id, cap_id or cap_code.',
  },
  {
    code: 'p11d_value.not_positive',
    severity: 'error',
    field: 'p11d_value',
    broken: ({ p11d }) => p11d <= 0,
    message: () => 'is no price of a vehicle; write its P11D value in pounds.',
  },
  {
    code: 'co2_comb.missing',
    severity: 'error',
    field: 'co2_comb',
    broken: ({ fuelType, co2, weightedCo2 }) =>
      fuelType !== '' && !emissionFree.includes(fuelType) && Number.isNaN(co2) && Number.isNaN(weightedCo2),
    message: () => 'is empty or unreadable, and the vehicle burns fuel; write its CO2 emissions in g/km.',
  },
  {
    code: 'co2_comb.on_electric',
    severity: 'warning',
    field: 'co2_comb',
    broken: ({ fuelType, co2 }) => emissionFree.includes(fuelType) && co2 > 0,
    message: () => 'is more than 0, and the vehicle is electric; correct the one or the other.',
  },
]

export const rateRules: readonly Rule<RateFacts>[] = [
  {
    code: 'term_months.not_offered',
    severity: 'error',
    field: 'term_months',
    broken: ({ term, terms }) => !Number.isNaN(term) && !terms.includes(term),
    message: ({ terms }) => `is not a term that is offered; write one of ${terms.join(', ')}.`,
  },
  {
    code: 'contract_mileage_total.not_positive',
    severity: 'error',
    field: 'contract_mileage_total',
    broken: ({ mileage }) => mileage <= 0,
    message: () => 'is no mileage; write the miles over the whole contract.',
  },
  {
    code: 'contract_mileage_total.absurd',
    severity: 'error',
    field: 'contract_mileage_total',
    broken: ({ mileage, term }) => mileage * 12 > absurdYear * term,
    message: ({ term }) => `is more than ${absurdYear} miles a year over ${term} months; correct it.`,
  },
  {
    code: 'contract_mileage_total.looks_annual',
    severity: 'warning',
    field: 'contract_mileage_total',
    broken: ({ mileage, term }) => mileage > 0 && mileage * 12 < scarceYear * term,
    message: ({ term }) =>
      `is less than ${scarceYear} miles a year over ${term} months. The miles of the whole contract belong here, not those of a year.`,
  },
  {
    code: 'periodic_finance_payment.not_positive',
    severity: 'error',
    field: 'periodic_finance_payment',
    broken: ({ finance }) => finance <= 0,
    message: () => 'is no payment; write the monthly finance payment in pounds.',
  },
  {
    // 3-0-33 counts the payments of 36 months; spread with 3 in advance, 3 are followed by 35.
    code: 'monthly_payments.not_of_term',
    severity: 'warning',
    field: 'monthly_payments',
    broken: ({ term, terms, advance, monthly }) =>
      terms.includes(term) && ![advance, monthly].includes(Number.NaN) && monthly !== term - advance && monthly !== term - 1,
    message: ({ term, advance }) =>
      `does not fit a term of ${term} months with ${advance} in advance; ${term - advance} or ${term - 1} is expected.`,
  },
]
