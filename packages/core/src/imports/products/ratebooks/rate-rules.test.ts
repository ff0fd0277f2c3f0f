import { readFile } from 'node:fs/promises'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ImportDesk, importDesk } from '../../../testing/import-desk.ts'
import { sampleRatebook } from '../../../testing/ratebook.ts'
import type { Cells } from '../../importer.conformance.ts'
import { rateColumns } from './columns.ts'
import { ratebooks } from './product.ts'
import { electricRate, golfRate } from './publish-rates.fixture.ts'
import { rateRules, vehicleRules } from './rules.ts'

/** The catalogue: for each rule a row that breaks it, and one that just does not. */

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const openDesk = (): Promise<ImportDesk> => importDesk(database, { product: ratebooks, action: 'publish_rates' })

type Rule = [code: string, severity: 'error' | 'warning' | 'notice', broken: Cells, kept: Cells]

const ofRow: readonly Rule[] = [
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

test.each(ofRow)('%s, %s: a row that breaks it, and one that just does not', async (code, severity, broken, kept) => {
  const desk = await openDesk()
  const wrong = await desk.take(sampleRatebook([{ ...golfRate, ...broken }]), { mode: 'test' })
  expect(wrong.issues).toMatchObject([{ row: 1, severity, code }])
  expect(wrong.outcome).toMatchObject(severity === 'error' ? { accepted: 0, rejected: 1 } : { accepted: 1, rejected: 0 })
  const right = await desk.take(sampleRatebook([{ ...golfRate, ...kept }]), { mode: 'test' })
  expect(right.issues).toEqual([])
})

test.each([
  ['0.004', 'rejected'],
  ['0.005', 'accepted'],
])('a payment of %s is judged as it would be kept: %s', async (payment, counted) => {
  const desk = await openDesk()
  const { outcome } = await desk.take(sampleRatebook([{ ...golfRate, periodic_finance_payment: payment }]), { mode: 'test' })
  expect(outcome).toMatchObject({ [counted]: 1, notices: 1 })
})

test('other terms are offered where the client says so', async () => {
  const desk = await openDesk()
  const file = sampleRatebook([{ ...golfRate, term_months: '60', monthly_payments: '57' }])
  expect((await desk.take(file, { settings: { terms: [60] } })).outcome).toMatchObject({ accepted: 1, warnings: 0 })
})

const fourYears = { term_months: '48', monthly_payments: '45', contract_mileage_total: '40000' }
const four = { ...golfRate, ...fourYears }
type Together = [code: string, severity: string, row: number, broken: readonly Cells[], kept: readonly Cells[]]
const ofRows: readonly Together[] = [
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

describe('rows together', () => {
  test.each(ofRows)('%s, %s: rows that break it, and some that just do not', async (code, severity, row, broken, kept) => {
    const desk = await openDesk()
    expect((await desk.take(sampleRatebook(broken), { mode: 'test' })).issues).toMatchObject([{ row, severity, code }])
    expect((await desk.take(sampleRatebook(kept), { mode: 'test' })).issues).toEqual([])
  })

  test('what is doubtful of a vehicle is told once, what is wrong with it for each of its rows', async () => {
    const desk = await openDesk()
    const doubtful = (rate: Cells) => ({ ...rate, transmission: '' })
    expect((await desk.take(sampleRatebook([golfRate, four].map(doubtful)), { mode: 'test' })).issues).toMatchObject([
      { row: 1, code: 'transmission.blank' },
    ])
    const wrong = (rate: Cells) => ({ ...rate, p11d_value: '' })
    expect((await desk.take(sampleRatebook([golfRate, four].map(wrong)))).issues).toMatchObject([{ row: 1 }, { row: 2 }])
  })

  test('a vehicle whose first row is rejected is there with its other rows', async () => {
    const desk = await openDesk()
    const { outcome } = await desk.take(
      sampleRatebook([{ ...golfRate, periodic_finance_payment: '0' }, four, { ...four, tag_line: 'again' }]),
    )
    expect(outcome).toMatchObject({ accepted: 1, rejected: 2 })
  })
})

type Beside = [code: string, severity: string, row: number, before: readonly Cells[], broken: readonly Cells[], kept: readonly Cells[]]
const withP11d = (p11d_value: string) => [{ ...golfRate, p11d_value }]
const withPrice = (periodic_finance_payment: string) => [{ ...golfRate, periodic_service_payment: '0', periodic_finance_payment }]
const inBothTerms = [golfRate, four, electricRate, { ...electricRate, ...fourYears }]
const ofBooks: readonly Beside[] = [
  ['vehicle.new', 'notice', 2, [golfRate], [golfRate, electricRate], [golfRate]],
  ['vehicle.gone', 'notice', 0, inBothTerms, [golfRate, four], [golfRate, electricRate]],
  ['p11d_value.changed', 'warning', 1, [golfRate], withP11d('29738.51'), withP11d('29738.50')],
  ['price.outlier', 'warning', 1, [golfRate], withPrice('333.13'), withPrice('333.12')],
]

describe('beside the book before', () => {
  test.each(ofBooks)('%s, %s: a book that breaks it, and one that just does not', async (code, severity, row, before, broken, kept) => {
    const desk = await openDesk()
    expect((await desk.take(sampleRatebook(before))).issues).toEqual([])
    expect((await desk.take(sampleRatebook(broken), { mode: 'test' })).issues).toMatchObject([{ row, severity, code }])
    expect((await desk.take(sampleRatebook(kept), { mode: 'test' })).issues).toEqual([])
  })

  test('a vehicle that is gone is named', async () => {
    const desk = await openDesk()
    await desk.take(sampleRatebook([golfRate, electricRate]))
    const { issues } = await desk.take(sampleRatebook([golfRate]))
    expect(issues).toMatchObject([{ row: 0, severity: 'notice', code: 'vehicle.gone', value: 'vehicle_id TE-M3-1' }])
    expect(issues[0]?.message).toContain('Tesla Model 3')
  })

  test('ratebook.outdated, warning: a book that came before the one that is published, and one that came after it', async () => {
    const desk = await openDesk()
    const { transferId } = await desk.take(sampleRatebook([golfRate]))
    const earlier = `${transferId.slice(0, -4)}0000`
    const late = await desk.take(sampleRatebook([golfRate]), { transferId: earlier })
    expect(late.issues).toMatchObject([{ row: 0, severity: 'warning', code: 'ratebook.outdated' }])
    expect((await desk.take(sampleRatebook([golfRate]))).issues).toEqual([])
  })
})

describe('the catalogue has a pair for', () => {
  const paired = new Set([...ofRow, ...ofRows, ...ofBooks].map(([code]) => code))

  test('each rule about the cells of a row', () => {
    const codes = [...vehicleRules, ...rateRules].map(({ code }) => code)
    expect(codes.filter((code) => !paired.has(code))).toEqual([])
  })

  test('each cell that is needed or recommended', () => {
    const codes = rateColumns.flatMap(({ field, needed, recommended }) => [
      ...(needed ? [`${field}.missing`] : []),
      ...(recommended ? [`${field}.blank`] : []),
    ])
    expect(codes.filter((code) => !paired.has(code))).toEqual([])
  })

  test('each thing that is said of a kind of cell, in one column of that kind or another', () => {
    const awkward = ['£1', '-1', '1.005', 'x'.repeat(201), 'On\x01offer']
    const said = rateColumns.flatMap(({ field, kind }) => {
      const codes = new Set<string>()
      const say = (_: string, code: string) => void codes.add(code)
      for (const cell of awkward) kind.reader(field, {})(cell, say)
      return [...codes].map((code) => ({ code, thing: `${kind.type} ${code.split('.')[1]}` }))
    })
    const shown = new Set(said.filter(({ code }) => paired.has(code)).map(({ thing }) => thing))
    expect(said.filter(({ thing }) => !shown.has(thing))).toEqual([])
    expect(shown.size).toBeGreaterThan(8)
  })

  test('each rule over rows and books', async () => {
    const source = await readFile(new URL('cross-checks.ts', import.meta.url), 'utf8')
    const codes = [...source.matchAll(/'(?:error|warning|notice)', '([a-z0-9_]+\.[a-z0-9_]+)'/g)].map(([, code]) => code ?? '')
    expect(codes).toHaveLength([...source.matchAll(/insert into staged_issues/g)].length)
    expect(codes.filter((code) => !paired.has(code))).toEqual([])
  })
})
