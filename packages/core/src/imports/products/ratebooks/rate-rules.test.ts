import { readFile } from 'node:fs/promises'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ImportDesk, importDesk } from '../../../testing/import-desk.ts'
import { sampleRatebook } from '../../../testing/ratebook.ts'
import type { Cells } from '../../importer.conformance.ts'
import { rateColumns } from './columns.ts'
import { ratebooks } from './product.ts'
import { electricRate, golfRate } from './publish-rates.fixture.ts'
import { four, ofBooks, ofRow, ofRows } from './rate-rules.fixture.ts'
import { rateRules, vehicleRules } from './rules.ts'

/** The catalogue: for each rule a row that breaks it, and one that just does not. */

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const openDesk = (): Promise<ImportDesk> => importDesk(database, { product: ratebooks, action: 'publish_rates' })

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
