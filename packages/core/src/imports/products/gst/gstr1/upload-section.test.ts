import { readFileSync } from 'node:fs'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../../../id.ts'
import { type ImportDesk, importDesk, type TakeOptions } from '../../../../testing/import-desk.ts'
import { gst } from '../product.ts'

let database: TestDatabase
let desk: ImportDesk
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  desk = await importDesk(database, { product: gst, action: 'upload_gstr1_section' })
})

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
const nameOf = (section: string, period = '062025') => `27AAPFU0939F1ZV_GOVT_GSTR1_${section}_${period}_test.csv`
const take = (section: string, file: string, options: TakeOptions & { period?: string } = {}) =>
  desk.take(file, { fileName: nameOf(section, options.period), ...options })

const supplies = (...lines: string[]) => `Type,Place Of Supply,Rate,Taxable Value\n${lines.map((line) => `OE,${line}\n`).join('')}`
const counting = () =>
  desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
    const { rows } = await client.query<{ line: string }>(
      `select r.cells ->> 'pos' || ' ' || (r.cells ->> 'rt') || ' ' || (r.cells ->> 'txval') as line
       from gstr1_section_files f join gstr1_rows r using (workspace_id, transfer_id)
       where f.counts and r.place is not null order by transfer_id, place`,
    )
    return rows.map(({ line }) => line)
  })

test('a file with errors is answered with its wrong rows, each with what to do', async () => {
  const { outcome, outputs } = await take('B2B', fixture('b2b-with-errors.csv'))
  expect(outcome).toEqual({ rows: 16, accepted: 4, rejected: 12, warnings: 1, notices: 1 })
  await expect(outputs.upload_error).toMatchFileSnapshot('fixtures/b2b-with-errors.upload-error.csv')
  await expect(outputs.success).toMatchFileSnapshot('fixtures/b2b-with-errors.success.csv')
})

describe('the name of a file', () => {
  const file = supplies('27,18,100')

  test.each([
    ['sales.csv', 'file_name.malformed'],
    ['27AAPFU0939F1Z_GOVT_GSTR1_B2CS_062025_x.csv', 'file_name.gstin_malformed'],
    ['27AAPFU0939F1ZW_GOVT_GSTR1_B2CS_062025_x.csv', 'file_name.gstin_check_digit'],
    ['27AAPFU0939F1ZV_GOVT_GSTR1_B2C_062025_x.csv', 'file_name.section_unknown'],
    ['27AAPFU0939F1ZV_GOVT_GSTR1_B2CS_132025_x.csv', 'file_name.period_unreadable'],
    ['27AAPFU0939F1ZV_GOVT_GSTR1_B2CS_x.csv', 'file_name.period_unreadable'],
    ['27AAPFU0939F1ZV_GOVT_GSTR1_B2CS_062017_x.csv', 'file_name.period_before_gst'],
    ['27AAPFU0939F1ZV_GOVT_GSTR1_HSN_052025_x.csv', 'file_name.section_not_in_period'],
    ['27AAPFU0939F1ZV_GOVT_GSTR1_HSN_B2C_042025_x.csv', 'file_name.section_not_in_period'],
  ])('%s is not imported, because of %s', async (fileName, code) => {
    const { outcome, outputs } = await desk.take(file, { fileName })
    expect(outcome).toMatchObject({ rows: 0, fatal: { code } })
    expect(outputs.upload_error).toContain(code)
  })

  test('tells GSTIN, section and period, in any case and with anything behind', async () => {
    for (const rest of ['072017.csv', '062025_2025_06_30_part 1.csv']) {
      const { outcome } = await desk.take(file, { fileName: `27aapfu0939f1zv_govt_gstr1_b2cs_${rest}` })
      expect(outcome).toMatchObject({ accepted: 1, rejected: 0 })
    }
  })

  test('with a registration of the sandbox is taken there only', async () => {
    const fileName = '29AAFCD5862R000_GOVT_GSTR1_B2CS_062025_x.csv'
    expect((await desk.take(file, { fileName })).outcome.fatal).toMatchObject({ code: 'file_name.gstin_malformed' })
  })
})

describe('a section that comes again', () => {
  test('replaces what came before, also what it does not bring any more', async () => {
    await take('B2CS', supplies('29,18,100', '32,18,200'))
    await take('B2CS', supplies('32,18,250'))
    expect(await counting()).toEqual(['32 18 250'])
  })

  test('of another period or GSTIN replaces nothing', async () => {
    await take('B2CS', supplies('29,18,100'))
    await take('B2CS', supplies('29,18,200'), { period: '072025' })
    await desk.take(supplies('29,18,300'), { fileName: '29AAGCB7383J1Z4_GOVT_GSTR1_B2CS_062025_x.csv' })
    expect(await counting()).toEqual(['29 18 100', '29 18 200', '29 18 300'])
  })

  test('completes one that had rejected rows, as its corrected error file does', async () => {
    await take('B2CS', supplies('29,18,100'))
    const faulty = await take('B2CS', supplies('29,18,150', '32,17,200', '33,17,300'))
    expect(await counting()).toEqual(['29 18 150'])
    const half = await take('B2CS', (faulty.outputs.upload_error ?? '').replace('17', '18'))
    await take('B2CS', (half.outputs.upload_error ?? '').replace('17', '18'))
    expect(await counting()).toEqual(['29 18 150', '32 18 200', '33 18 300'])
  })

  test('but earlier, is kept beside what counts', async () => {
    const earlier = newId()
    await take('B2CS', supplies('29,18,100'))
    const late = await take('B2CS', supplies('32,18,100'), { transferId: earlier })
    expect(late.issues).toMatchObject([{ row: 0, severity: 'warning', code: 'section.outdated' }])
    expect(await counting()).toEqual(['29 18 100'])
  })
})

test('of rows that say the same, the one counts that the tax network’s own tool takes, with a warning', async () => {
  const last = await take('B2CS', supplies('29,18,100', '32,5,10', '29,18,200'))
  expect(last.issues).toMatchObject([{ row: 3, severity: 'warning', code: 'row.repeated' }])
  expect(last.outputs.success).toContain('1,27AAPFU0939F1ZV,062025,B2CS,29 18 1,REPLACED,')
  const first = await take('ECOURP2C', 'Place Of Supply,Taxable Value,Rate\n29,100,18\n29,200,18\n')
  expect(first.issues).toMatchObject([{ row: 2, severity: 'warning', code: 'row.repeated' }])
  expect(await counting()).toEqual(['29 18 200', '32 5 10', '29 18 100'])
})

test('an original invoice is amended once, by the number that is named first', async () => {
  const heads =
    'Export Type,Original Invoice Number,Original Invoice date,Revised Invoice Number,Revised Invoice date,Invoice Value,Rate,Taxable Value'
  const line = (revised: string) => `WOPAY,E-1,1-May-25,${revised},2-Jun-25,100,0,100`
  const { issues, outcome } = await take('EXPA', [heads, line('E-1A'), line('e-1a'), line('E-1B'), ''].join('\n'))
  expect(outcome).toMatchObject({ accepted: 2, rejected: 1 })
  expect(issues).toMatchObject([
    { row: 2, code: 'row.repeated' },
    { row: 3, code: 'original.revised_twice', column: 'Revised Invoice Number', value: 'E-1B' },
  ])
})

test('a line may end behind its last cell that must be there', async () => {
  const { outcome, issues } = await take(
    'B2CS',
    'Type,Place Of Supply,Rate,Taxable Value,Cess Amount,E-Commerce GSTIN\nOE,29,18,100\nOE,32,18\n',
  )
  expect(outcome).toMatchObject({ accepted: 1, rejected: 1 })
  expect(issues).toMatchObject([{ row: 2, code: 'row.wrong_cell_count' }])
})

describe('with a list of codes that the operator loaded', () => {
  const heads = 'HSN,UQC,Total Quantity,Rate,Taxable Value\n'
  beforeEach(() => database.owner.query("insert into hsn_codes (code, description) values ('9403', 'Other furniture')"))
  afterEach(() => database.owner.query('delete from hsn_codes'))

  test('a code that is not on it is an error, unless the client goes without', async () => {
    const file = `${heads}9403,NOS,1,18,100\n9404,NOS,1,18,100\n`
    const { issues } = await take('HSN_B2B', file)
    expect(issues).toMatchObject([{ row: 2, column: 'HSN', value: '9404', severity: 'error', code: 'hsn.unlisted' }])
    expect((await take('HSN_B2B', file, { settings: { ignoreHsnValidation: true } })).issues).toEqual([])
  })

  test('the return has the official descriptions', async () => {
    await take('HSN_B2B', `${heads}9403,NOS,1,18,100\n`)
    const returns = await importDesk(database, { product: gst, action: 'generate_gstr1', workspaceId: desk.workspaceId })
    const { outputs } = await returns.take('GSTIN,Return Period\n27AAPFU0939F1ZV,062025\n')
    expect(outputs.success).toContain('{"num":1,"hsn_sc":"9403","desc":"Other furniture","uqc":"NOS","qty":1,"rt":18')
  })
})
