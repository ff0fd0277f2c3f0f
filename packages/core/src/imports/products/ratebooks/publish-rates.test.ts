import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ImportDesk, importDesk } from '../../../testing/import-desk.ts'
import { sampleRatebook } from '../../../testing/ratebook.ts'
import type { Cells } from '../../importer.conformance.ts'
import { rateColumns } from './columns.ts'
import { ratebooks } from './product.ts'
import { electricRate, golfRate } from './publish-rates.fixture.ts'

let database: TestDatabase
let desk: ImportDesk
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  desk = await importDesk(database, { product: ratebooks, action: 'publish_rates' })
})

type Book = { channel: string; name: string; status: string; rates: number; vehicles: number }
const books = () =>
  desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
    const { rows } = await client.query<Book>('select channel, name, status, rates, vehicles from ratebooks order by id')
    return rows
  })
const drop = (inbox: string | undefined, fileName: string, settings: Record<string, unknown> = {}) =>
  desk.take(sampleRatebook([golfRate]), { inbox, fileName, settings })

test('the format has 69 columns, each with its short name and its place in the database', async () => {
  const { rows } = await database.owner.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid in ('ratebook_vehicles'::regclass, 'ratebook_rates'::regclass) and attnum > 0`,
  )
  const held = new Set(rows.map((row) => row.name))
  expect(rateColumns.map(({ shorthand }) => shorthand)).toEqual(Array.from({ length: 69 }, (_, index) => `c${index + 1}`))
  expect(rateColumns.filter(({ field }) => !held.has(field))).toEqual([])
})

test('a vehicle with many rates is kept once, wherever its rows stand', async () => {
  const over = (rate: Cells, years: number) => ({ ...rate, term_months: String(12 * years), monthly_payments: String(12 * years - 3) })
  await desk.take(sampleRatebook([2, 3, 4].flatMap((years) => [over(golfRate, years), over(electricRate, years)])))
  expect(await books()).toMatchObject([{ status: 'published', rates: 6, vehicles: 2 }])
})

describe('a publication', () => {
  test('archives what its channel had, and nothing of another channel', async () => {
    await drop('ratebooks', 'july.csv')
    await drop('ratebooks/acme', 'acme.csv')
    await drop('ratebooks/default', 'august.csv')
    expect(await books()).toMatchObject([
      { channel: 'default', name: 'july', status: 'archived' },
      { channel: 'acme', name: 'acme', status: 'published' },
      { channel: 'default', name: 'august', status: 'published' },
    ])
  })

  test('replaces the book of its own name alone where the client holds several', async () => {
    const several = { multiRatebook: true }
    await drop('ratebooks', 'vans.2026-07-14.csv', several)
    await drop('ratebooks', 'cars.csv', several)
    await drop('ratebooks', 'vans.2026-07-15.csv', several)
    expect(await books()).toMatchObject([
      { name: 'vans', status: 'archived' },
      { name: 'cars', status: 'published' },
      { name: 'vans', status: 'published' },
    ])
  })

  test.each([
    ['has no right row', { term_months: '30' }, {}],
    ['is fatally wrong', {}, { fileName: 'rates.xls' }],
    ['is a test', {}, { mode: 'test', inbox: 'test' }],
  ] as const)('does not happen for a file that %s', async (_, cells, options) => {
    await drop('ratebooks', 'july.csv')
    await desk.take(sampleRatebook([{ ...golfRate, ...cells }]), options)
    expect(await books()).toMatchObject([{ name: 'july', status: 'published' }])
  })

  test('brings back content that was archived meanwhile, and does nothing for what is published', async () => {
    const july = { sha256: 'july', inbox: 'ratebooks' }
    const first = await desk.take(sampleRatebook([golfRate]), july)
    expect((await desk.take(sampleRatebook([golfRate]), july)).outcome).toMatchObject({ alreadyImported: { transferId: first.transferId } })
    expect(await desk.take(sampleRatebook([golfRate]), { ...july, inbox: 'ratebooks/acme' })).toMatchObject({ loaded: true })
    await desk.take(sampleRatebook([electricRate]), { inbox: 'ratebooks' })
    expect(await desk.take(sampleRatebook([golfRate]), july)).toMatchObject({ loaded: true })
    expect((await books()).filter(({ status }) => status === 'published')).toHaveLength(2)
  })

  test('of a file that came earlier, imported late, is archived with a warning', async () => {
    const { transferId } = await drop('ratebooks', 'one.csv')
    const earlier = `${transferId.slice(0, -4)}0000`
    await desk.take(sampleRatebook([electricRate]), { transferId: earlier, fileName: 'late.csv' })
    expect(await books()).toMatchObject([
      { name: 'late', status: 'archived' },
      { name: 'one', status: 'published' },
    ])
  })
})

describe('reports', () => {
  test('name row, column, severity, code and value of each finding, and keep them from being read as formulas', async () => {
    const { outputs } = await desk.take(sampleRatebook([golfRate, { ...electricRate, fuel_type: '=1+1' }]))
    const [heading, line] = outputs.report?.split('\n') ?? []
    expect(heading).toBe('row,column,severity,code,message,value')
    expect(line).toMatch(/^2,fuel_type,error,fuel_type\.unknown,"Row 2: fuel_type ""=1\+1"" is not known here.*",'=1\+1$/)
  })

  test('sum up what came of the file and its book', async () => {
    const { outputs, transferId } = await desk.take(sampleRatebook([golfRate, { ...golfRate, term_months: '30' }]), {
      fileName: 'july.csv',
    })
    expect(JSON.parse(outputs.summary ?? '')).toEqual({
      fileName: 'july.csv',
      transferId,
      mode: 'live',
      rows: 2,
      accepted: 1,
      rejected: 1,
      warnings: 0,
      notices: 0,
      ratebook: { id: transferId, channel: 'default', name: 'july', rates: 1, vehicles: 1, published: true },
    })
  })

  test('of a test tell of no book', async () => {
    const { outputs } = await desk.take(sampleRatebook([golfRate]), { mode: 'test', inbox: 'test' })
    expect(JSON.parse(outputs.summary ?? '')).toMatchObject({ mode: 'test', accepted: 1, ratebook: null })
  })
})
