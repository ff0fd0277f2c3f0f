import type { Cells } from '../../importer.conformance.ts'
import { electricRate, golfRate } from './publish-rates.fixture.ts'

/** The catalogue: for each rule rows that break it, and some that just do not. */

type Rule = [code: string, severity: 'error' | 'warning' | 'notice', broken: Cells, kept: Cells]

export const ofRow: readonly Rule[] = [
  ['vehicle.not_identified', 'error', { vehicle_id: '', cap_id: '', cap_code: '' }, { vehicle_id: '', cap_id: '' }],
  ['make.missing', 'error', { make: ' ' }, { make: 'MG' }],
  ['model.missing', 'error', { model: '' }, { model: '3' }],
  ['derivative.missing', 'error', { derivative: '' }, { derivative: '-' }],
  ['cap_id.negative', 'error', { cap_id: '-1234' }, { cap_id: '1234' }],
  ['cap_id.unreadable', 'error', { cap_id: '1,234' }, { cap_id: '1234' }],
  ['fuel_type.missing', 'error', { fuel_type: '' }, { fuel_type: 'Diesel' }],
  ['fuel_type.unknown', 'error', { fuel_type: 'Steam' }, { fuel_type: 'Petrol/PlugIn Elec Hybrid' }],
  ['p11d_value.missing', 'error', { p11d_value: '' }, { p11d_value: '27035' }],
  ['p11d_value.not_positive', 'error', { p11d_value: '0.00' }, { p11d_value: '0.01' }],
  ['p11d_value.unreadable', 'error', { p11d_value: '£27,035' }, { p11d_value: '27035.5' }],
  ['p11d_value.negative', 'error', { p11d_value: '-27035' }, { p11d_value: '27035' }],
  ['p11d_value.rounded', 'notice', { p11d_value: '27035.005' }, { p11d_value: '27035.05' }],
  ['co2_comb.missing', 'error', { co2_comb: '' }, { co2_comb: '0' }],
  ['co2_comb.missing', 'error', { fuel_type: 'Hybrid', co2_comb: '' }, { fuel_type: 'Hybrid', co2_comb: '', co2_weighted_comb: '23' }],
  ['co2_comb.on_electric', 'warning', { fuel_type: 'Electric' }, { fuel_type: 'Electric', co2_comb: '0' }],
  ['bhp.unreadable', 'warning', { bhp: 'plenty' }, { bhp: '150.5' }],
  ['alternative_fuel_qualifying.unreadable', 'warning', { alternative_fuel_qualifying: 'maybe' }, { alternative_fuel_qualifying: 'FALSE' }],
  ['model_year.blank', 'notice', { model_year: '' }, { model_year: '2027' }],
  ['bodytype.blank', 'notice', { bodytype: '' }, { bodytype: 'Estate' }],
  ['transmission.blank', 'notice', { transmission: '' }, { transmission: 'Automatic' }],
  ['cell.control_character', 'error', { tag_line: 'On\x01offer' }, { tag_line: 'On\toffer' }],
  ['tag_line.too_long', 'error', { tag_line: 'x'.repeat(201) }, { tag_line: 'x'.repeat(200) }],
  ['term_months.missing', 'error', { term_months: '' }, { term_months: '24', monthly_payments: '21' }],
  ['term_months.not_offered', 'error', { term_months: '60', monthly_payments: '57' }, { term_months: '48', monthly_payments: '45' }],
  ['term_months.unreadable', 'error', { term_months: '3 years' }, { term_months: ' 36 ' }],
  ['advance_payment.missing', 'error', { advance_payment: '' }, { advance_payment: '0', monthly_payments: '36' }],
  ['monthly_payments.missing', 'error', { monthly_payments: '' }, { monthly_payments: '33' }],
  ['monthly_payments.not_of_term', 'warning', { monthly_payments: '34' }, { monthly_payments: '35' }],
  ['contract_mileage_total.missing', 'error', { contract_mileage_total: '' }, { contract_mileage_total: '12000' }],
  ['contract_mileage_total.not_positive', 'error', { contract_mileage_total: '0' }, { contract_mileage_total: '12000' }],
  ['contract_mileage_total.absurd', 'error', { contract_mileage_total: '300001' }, { contract_mileage_total: '300000' }],
  ['contract_mileage_total.looks_annual', 'warning', { contract_mileage_total: '11999' }, { contract_mileage_total: '12000' }],
  ['periodic_finance_payment.missing', 'error', { periodic_finance_payment: '' }, { periodic_finance_payment: '1' }],
  ['periodic_finance_payment.not_positive', 'error', { periodic_finance_payment: '0' }, { periodic_finance_payment: '0.01' }],
  ['periodic_finance_payment.negative', 'error', { periodic_finance_payment: '-1' }, { periodic_finance_payment: '1' }],
  ['periodic_service_payment.unreadable', 'error', { periodic_service_payment: '-' }, { periodic_service_payment: '0' }],
]

const fourYears = { term_months: '48', monthly_payments: '45', contract_mileage_total: '40000' }
export const four = { ...golfRate, ...fourYears }
type Together = [code: string, severity: string, row: number, broken: readonly Cells[], kept: readonly Cells[]]
export const ofRows: readonly Together[] = [
  ['rate.duplicate', 'error', 2, [golfRate, { ...golfRate, periodic_finance_payment: '199' }], [golfRate, four]],
  ['vehicle.profiles_missing', 'warning', 3, [golfRate, four, electricRate], [golfRate, electricRate]],
  [
    'model_year.not_latest',
    'warning',
    1,
    [
      { ...golfRate, model_year: '2025' },
      { ...golfRate, vehicle_id: 'VW-GOLF-26' },
    ],
    [golfRate, { ...golfRate, vehicle_id: 'VW-GOLF-26' }],
  ],
]

type Beside = [code: string, severity: string, row: number, before: readonly Cells[], broken: readonly Cells[], kept: readonly Cells[]]
const withP11d = (p11d_value: string) => [{ ...golfRate, p11d_value }]
const withPrice = (periodic_finance_payment: string) => [{ ...golfRate, periodic_service_payment: '0', periodic_finance_payment }]
const inBothTerms = [golfRate, four, electricRate, { ...electricRate, ...fourYears }]
/** With the book that is published before. */
export const ofBooks: readonly Beside[] = [
  ['vehicle.new', 'notice', 2, [golfRate], [golfRate, electricRate], [golfRate]],
  ['vehicle.gone', 'notice', 0, inBothTerms, [golfRate, four], [golfRate, electricRate]],
  ['p11d_value.changed', 'warning', 1, [golfRate], withP11d('29738.51'), withP11d('29738.50')],
  ['price.outlier', 'warning', 1, [golfRate], withPrice('333.13'), withPrice('333.12')],
]
