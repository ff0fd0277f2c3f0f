import { readdirSync, readFileSync } from 'node:fs'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../../../id.ts'
import { type ImportDesk, importDesk } from '../../../../testing/import-desk.ts'
import { gst } from '../product.ts'
import { sections } from './sections.ts'

let database: TestDatabase
let uploads: ImportDesk
let returns: ImportDesk
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  uploads = await importDesk(database, { product: gst, action: 'upload_gstr1_section' })
  returns = await importDesk(database, { product: gst, action: 'generate_gstr1', workspaceId: uploads.workspaceId })
})

const gstin = '27AAPFU0939F1ZV'
const fixtures = new URL('fixtures/', import.meta.url)
const fixture = (name: string) => readFileSync(new URL(name, fixtures), 'utf8')
const upload = (section: string, file: string, period = '062025') =>
  uploads.take(file, { fileName: `${gstin}_GOVT_GSTR1_${section}_${period}_x.csv` })
const generate = async (period = '062025') => {
  const { outputs } = await returns.take(`GSTIN,Return Period\n${gstin},${period}\n`)
  return { json: outputs.success ?? '', summary: outputs.summary ?? '' }
}

test('the e-commerce sections give, byte for byte, what the tax network’s own tool makes of them', async () => {
  const operators = sections.filter(({ key }) => key.startsWith('ECO'))
  expect(operators).toHaveLength(10)
  for (const { key } of operators) expect((await upload(key, fixture(`${key.toLowerCase()}.csv`))).outcome).toMatchObject({ rejected: 0 })
  expect((await generate()).json).toBe(fixture('eco-062025.json'))
})

describe('a section alone', () => {
  const files = readdirSync(fixtures).filter((name) => /^section-\w+\.csv$/.test(name))

  test('each has a file here', () => {
    const named = files.map((name) => name.split('.')[0]?.slice('section-'.length).toUpperCase())
    expect(named.toSorted()).toEqual(
      sections
        .map(({ key }) => key)
        .filter((key) => !key.startsWith('ECO'))
        .toSorted(),
    )
  })

  test.each(files)('of %s stands in the return as its form says', async (name) => {
    const section = name.slice('section-'.length, -'.csv'.length).toUpperCase()
    const period = section === 'HSN' ? '042025' : '062025'
    expect((await upload(section, fixture(name), period)).issues).toEqual([])
    const { json, summary } = await generate(period)
    await expect(`${JSON.stringify(JSON.parse(json), null, 1)}\n`).toMatchFileSnapshot(`fixtures/${name.replace('.csv', '.json')}`)
    // Nothing but the spaces were added.
    expect(JSON.stringify(JSON.parse(json))).toBe(json)
    await expect(summary).toMatchFileSnapshot(`fixtures/${name.replace('.csv', '.summary.csv')}`)
  })
})

test('all sections together stand in the order of the form', async () => {
  const files = readdirSync(fixtures).filter((name) => /^(section-|eco).*\.csv$/.test(name) && !/summary|section-hsn\./.test(name))
  for (const name of files) await upload(name.replace('section-', '').slice(0, -'.csv'.length).toUpperCase(), fixture(name))
  const { json } = await generate()
  const keys =
    'b2b b2ba b2cl b2cla b2cs b2csa nil exp expa cdnra at ata cdnr cdnur cdnura doc_issue hsn supeco supecoa ecom ecoma txpd txpda'
  expect(Object.keys(JSON.parse(json))).toEqual(['gstin', 'fp', 'version', 'hash', ...keys.split(' ')])
})

test('a return of nothing is one as well', async () => {
  const { json, summary } = await generate('072025')
  expect(json).toBe('{"gstin":"27AAPFU0939F1ZV","fp":"072025","version":"GST3.2.4","hash":"hash"}')
  expect(summary).toBe('Section,Table,What It Holds,Taken From,Entries,Taxable Value,Integrated Tax,Central Tax,State/UT Tax,Cess\n')
})

test('a return does not change by what comes later, and the next one has it', async () => {
  const transferId = newId()
  await upload('B2CS', 'Type,Place Of Supply,Rate,Taxable Value\nOE,29,18,100\n')
  const first = await returns.take(`GSTIN,Return Period\n${gstin},062025\n`, { transferId })
  await upload('B2CS', 'Type,Place Of Supply,Rate,Taxable Value\nOE,29,18,200\n')
  expect(await returns.render(first, 'success')).toBe(first.outputs.success)
  expect((await generate()).json).toContain('"txval":200')
})

test('files of one section that complete each other are one in the return', async () => {
  const heads = 'GSTIN/UIN of Recipient,Invoice Number,Invoice date,Invoice Value,Place Of Supply,Invoice Type,Rate,Taxable Value'
  const line = (number: string, rate: number, taxable: number) =>
    `29AAGCB7383J1Z4,${number},2-Jun-25,${taxable * 2},29,Regular B2B,${rate},${taxable}`
  const faulty = await upload('B2B', [heads, line('A-1', 18, 100), line('A-2', 17, 100), line('A-3', 5, 100), ''].join('\n'))
  await upload('B2B', `${faulty.outputs.upload_error?.replace(',17,', ',18,')}\n${line('A-3', 12, 300)}\n`)
  const { b2b } = JSON.parse((await generate()).json)
  expect(b2b).toHaveLength(1)
  expect(b2b[0].inv.map((invoice: { inum: string; val: number }) => [invoice.inum, invoice.val])).toEqual([
    ['A-1', 200],
    ['A-2', 200],
    ['A-3', 600],
  ])
})

test('one file asks for several returns, each with files of its own name', async () => {
  const asked = await returns.take(`GSTIN,Return Period\n${gstin},062025\n${gstin},05-2025\n${gstin},062025\n`)
  expect(asked.outcome).toMatchObject({ accepted: 3, warnings: 1 })
  expect(asked.issues).toMatchObject([{ row: 3, code: 'return.asked_twice' }])
  expect(asked.planned).toEqual([
    { kind: 'success', extension: '.json', stem: `${gstin}_062025_GSTR1` },
    { kind: 'success_2', extension: '.json', stem: `${gstin}_052025_GSTR1` },
    { kind: 'summary', extension: '.csv', stem: `${gstin}_062025_GSTR1` },
    { kind: 'summary_2', extension: '.csv', stem: `${gstin}_052025_GSTR1` },
  ])
})

describe('a request', () => {
  const columns = 'GSTIN,Return Period,Quarterly Filer,Gross Turnover'
  test.each<[string, string, string]>([
    ['error gstin.malformed', '27AAPFU0939F1Z,102025,,', '27AAPFU0939F1ZV,102025,,'],
    ['error gstin.check_digit', '27AAPFU0939F1ZW,102025,,', '27AAPFU0939F1ZV,102025,,'],
    ['error return_period.missing', '27AAPFU0939F1ZV,,,', '27AAPFU0939F1ZV,10-2025,,'],
    ['error return_period.before_gst', '27AAPFU0939F1ZV,062017,,', '27AAPFU0939F1ZV,072017,,'],
    ['error return_period.not_quarterly', '27AAPFU0939F1ZV,112020,Y,', '27AAPFU0939F1ZV,112020,N,'],
    ['warning return_period.not_over', '27AAPFU0939F1ZV,112025,,', '27AAPFU0939F1ZV,102025,,'],
    ['error quarterly_filer.unreadable', '27AAPFU0939F1ZV,102025,maybe,', '27AAPFU0939F1ZV,102025,no,'],
    ['error amount.unreadable', '27AAPFU0939F1ZV,102025,,much', '27AAPFU0939F1ZV,102025,,"5,00,000"'],
  ])('draws %s by what breaks it, with row, column, value and what to do, and not by what just keeps it', async (code, breaks, keeps) => {
    const [issue, ...others] = (await returns.take(`${columns}\n${breaks}\n`)).issues
    expect([`${issue?.severity} ${issue?.code}`, others]).toEqual([code, []])
    expect(issue?.message).toMatch(/^Row 1: (GSTIN|Return Period|Quarterly Filer|Gross Turnover) .*(correct|copy|compare|write|ask)/i)
    expect((await returns.take(`${columns}\n${keeps}\n`)).issues).toEqual([])
  })
})

test('a file asks for 500 returns and no more', async () => {
  const asked = (count: number) => returns.take(`GSTIN,Return Period\n${`${gstin},062025\n`.repeat(count)}`, { mode: 'test' })
  expect((await asked(500)).outcome).toMatchObject({ accepted: 500 })
  const { outcome, issues } = await asked(501)
  expect(outcome).toMatchObject({ accepted: 500, rejected: 1 })
  expect(issues.filter(({ severity }) => severity === 'error')).toMatchObject([{ row: 501, code: 'return.too_many' }])
})

describe('a quarterly filer', () => {
  const ask = async (period: string, more = '') => {
    const taken = await returns.take(`GSTIN,Return Period,Quarterly Filer,Gross Turnover,cur_gt\n${gstin},${period},Y${more}\n`)
    return { ...taken, body: JSON.parse(taken.outputs.success ?? '{}') }
  }
  const sendAll = async (period: string) => {
    const files = readdirSync(fixtures).filter((name) => /^(section-|eco).*\.csv$/.test(name) && !/summary|section-hsn\./.test(name))
    for (const name of files) await upload(name.replace('section-', '').slice(0, -'.csv'.length).toUpperCase(), fixture(name), period)
  }

  test('gets the invoice furnishing facility in the first two months, with what it has and no turnover, and is told what it lacks', async () => {
    await sendAll('082025')
    const { body, issues } = await ask('082025', ',5000000,1250000.5')
    expect(Object.keys(body)).toEqual(['gstin', 'fp', 'version', 'hash', 'b2b', 'b2ba', 'cdnra', 'cdnr', 'ecom', 'ecoma'])
    expect([Object.keys(body.ecom), Object.keys(body.ecoma)]).toEqual([
      ['b2b', 'urp2b'],
      ['b2ba', 'urp2ba'],
    ])
    expect(issues).toMatchObject([{ row: 1, severity: 'warning', code: 'return.sections_of_quarter' }])
    expect(issues[0]?.message).toMatch(/^Row 1: The return lacks the section files of AT, ATA, .*, HSN_B2C, for which/)
  })

  test('gets everything in the last month, with the turnover behind the period', async () => {
    await sendAll('092025')
    const { body, issues } = await ask('092025', ',5000000,1250000.5')
    expect(Object.keys(body).slice(0, 5)).toEqual(['gstin', 'fp', 'gt', 'cur_gt', 'version'])
    expect(body).toMatchObject({ gt: 5_000_000, cur_gt: 1_250_000.5, b2cs: expect.anything(), txpd: expect.anything() })
    expect(issues).toEqual([])
  })

  test('told nothing of single months before 2021', async () => {
    expect((await ask('122020')).outcome).toMatchObject({ accepted: 1 })
    expect((await ask('012021')).outcome).toMatchObject({ accepted: 1 })
    const { issues } = await ask('112020')
    expect(issues).toMatchObject([{ severity: 'error', code: 'return_period.not_quarterly', column: 'Return Period', value: '112020' }])
  })
})

test('a unit in a special economic zone sells between two states wherever it sells', async () => {
  const settings = { sezUnits: [gstin] }
  const file = 'Type,Place Of Supply,Rate,Taxable Value\nOE,27,18,100\n'
  await uploads.take(file, { fileName: `${gstin}_GOVT_GSTR1_B2CS_062025_x.csv`, settings })
  expect(JSON.parse((await generate()).json).b2cs).toEqual([
    { sply_ty: 'INTER', rt: 18, typ: 'OE', pos: '27', txval: 100, iamt: 18, csamt: 0 },
  ])
})
