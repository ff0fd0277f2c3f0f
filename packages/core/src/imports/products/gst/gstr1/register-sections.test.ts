import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cells } from '../../../importer.conformance.ts'
import { registration } from '../register-rules.fixture.ts'
import { registerOf, rowsOf, type Sale } from './register.fixture.ts'
import { filer, openDesks } from './register-returns.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const returnOf = async (sales: readonly Sale[], period?: string) => {
  const desks = await openDesks(database)
  const { outcome, issues } = await desks.sales.take(registerOf(sales.flatMap(rowsOf)))
  expect(outcome.rejected, JSON.stringify(issues)).toBe(0)
  const { outputs } = await desks.generate(period)
  return { body: JSON.parse(outputs.success ?? ''), summary: outputs.summary, ...desks }
}

describe('a sale', () => {
  const line = { taxable: 1000, rate: 18 }
  const note = { 'Linked Invoice Number': 'INV-1', 'Linked Invoice Date': '01-10-2025' }
  const amends = { 'Original Document Number': 'S-0', 'Original Document Date': '05-08-2025' }

  test.each<[string, Omit<Sale, 'number'>, string]>([
    ['to a registered customer', { buyer: 'registered', lines: [line] }, 'b2b R'],
    ['to a special zone', { buyer: 'specialZone', lines: [line] }, 'b2b SEWP'],
    ['to a special zone under bond', { buyer: 'specialZoneUnderBond', lines: [line] }, 'b2b SEWOP'],
    ['that is a deemed export', { buyer: 'deemedExport', lines: [line] }, 'b2b DE'],
    ['of much to somebody in another state', { buyer: 'unregisteredElsewhere', lines: [{ taxable: 90_000, rate: 18 }] }, 'b2cl'],
    ['of less to somebody in another state', { buyer: 'unregisteredElsewhere', lines: [{ taxable: 80_000, rate: 18 }] }, 'b2cs INTER'],
    ['of much to somebody in the same state', { buyer: 'unregistered', lines: [{ taxable: 900_000, rate: 18 }] }, 'b2cs INTRA'],
    ['abroad', { buyer: 'abroad', lines: [line] }, 'exp WPAY'],
    ['abroad under bond', { buyer: 'abroadUnderBond', lines: [line] }, 'exp WOPAY'],
    ['without tax', { buyer: 'registered', lines: [{ taxable: 10, untaxed: 'NILRATED' }] }, 'nil INTRAB2B'],
    ['taken back from a registered customer', { type: 'CREDIT', buyer: 'registered', lines: [line], more: note }, 'cdnr C'],
    ['made dearer for one abroad', { type: 'DEBIT', buyer: 'abroad', lines: [line], more: note }, 'cdnur EXPWP'],
    ['taken back from somebody else', { type: 'CREDIT', buyer: 'unregistered', lines: [line], more: note }, 'b2cs INTRA'],
    ['that amends one to a registered customer', { buyer: 'registered', lines: [line], more: amends }, 'b2ba R'],
    ['that amends one abroad', { buyer: 'abroad', lines: [line], more: amends }, 'expa WPAY'],
    ['that amends a small one', { buyer: 'unregistered', lines: [line], more: amends }, 'b2csa INTRA'],
  ])('%s stands in its section', async (_, sale, expected) => {
    const { body } = await returnOf([{ number: 'S-1', ...sale }])
    const { gstin: _gstin, fp, version, hash, doc_issue, hsn, ...tables } = body
    const [[table = '', entries] = []] = Object.entries(tables)
    const [entry] = table === 'nil' ? tables.nil.inv : (entries as [Record<string, never>])
    const kind = [entry.inv, entry.nt].flat().find((inner) => inner !== undefined)
    const told = kind?.ntty ?? kind?.inv_typ ?? entry.exp_typ ?? entry.typ
    const words = [table, table.startsWith('b2cs') || table === 'nil' ? entry.sply_ty : table === 'b2cl' ? undefined : told]
    expect(words.filter((word) => word !== undefined).join(' ')).toBe(expected)
    expect(Object.keys(tables)).toHaveLength(1)
  })

  test('was large above 250,000 rupees until July 2024', async () => {
    const old = { 'Document Date': '14-07-2024' }
    const sale = (number: string, taxable: number): Sale => ({ number, buyer: 'unregisteredElsewhere', lines: [{ taxable }], more: old })
    const { body } = await returnOf([sale('S-1', 249_998), sale('S-2', 249_999)], '072024')
    expect(body.b2cs).toMatchObject([{ txval: 249_998 }])
    expect(body.b2cl).toMatchObject([{ pos: '32', inv: [{ inum: 'S-2', val: 250_000.25 }] }])
  })

  test('taken back goes where its invoice went', async () => {
    const large: Sale = { number: 'S-1', buyer: 'unregisteredElsewhere', lines: [{ taxable: 200_000, rate: 18 }] }
    const more = { 'Linked Invoice Number': 's-1', 'Linked Invoice Date': '14-10-2025' }
    const back: Sale = { number: 'C-1', type: 'CREDIT', buyer: 'unregisteredElsewhere', lines: [{ taxable: 100, rate: 18 }], more }
    expect((await returnOf([large, back])).body.cdnur).toMatchObject([{ nt_num: 'C-1', ntty: 'C', typ: 'B2CL', pos: '32' }])
  })

  test('of several rates is an item each, and an untaxed line of it stands with those', async () => {
    const lines = [
      { taxable: 100, rate: 18 },
      { taxable: 50, rate: 5 },
      { taxable: 11, rate: 18 },
      { taxable: 7, untaxed: 'EXEMPTED' },
    ]
    const { body } = await returnOf([{ number: 'S-1', buyer: 'registered', lines }])
    expect(body.b2b[0].inv[0].itms).toEqual([
      { num: 501, itm_det: { txval: 50, rt: 5, camt: 1.25, samt: 1.25, csamt: 1.25 } },
      { num: 1801, itm_det: { txval: 111, rt: 18, camt: 9.99, samt: 9.99, csamt: 2.5 } },
    ])
    expect(body.nil.inv).toEqual([{ sply_ty: 'INTRAB2B', expt_amt: 7, nil_amt: 0, ngsup_amt: 0 }])
  })

  test('that was cancelled counts among the numbers only, and one that was deleted nowhere', async () => {
    const one = (number: string, more: Cells = {}): Sale => ({ number, buyer: 'registered', lines: [{ taxable: 10, rate: 18 }], more })
    const { body } = await returnOf([
      one('S/9'),
      one('S/10', { 'Is this Document Cancelled': 'Y' }),
      one('S/11'),
      one('S/12', { 'Is this Document Deleted': 'Y' }),
    ])
    expect(body.b2b[0].inv.map(({ inum }: { inum: string }) => inum)).toEqual(['S/11', 'S/9'])
    expect(body.doc_issue.doc_det).toEqual([
      {
        doc_num: 1,
        doc_typ: 'Invoices for outward supply',
        docs: [{ num: 1, from: 'S/9', to: 'S/11', totnum: 3, cancel: 1, net_issue: 2 }],
      },
    ])
  })
})

describe('the summary by HSN', () => {
  const sales: Sale[] = [
    {
      number: 'S-1',
      buyer: 'registered',
      lines: [
        { taxable: 100, rate: 18 },
        { taxable: 50, rate: 5 },
      ],
    },
    { number: 'S-2', buyer: 'unregistered', lines: [{ taxable: 30, rate: 18, hsn: '998314' }] },
    { number: 'C-1', type: 'CREDIT', buyer: 'registered', lines: [{ taxable: 20, rate: 18 }] },
  ]
  const dated = (day: string) => sales.map((sale) => ({ ...sale, more: { 'Document Date': day } }))

  test('is divided by customers since May 2025, and nets notes', async () => {
    const { hsn } = (await returnOf(sales)).body
    expect(hsn.hsn_b2b).toMatchObject([
      { num: 1, hsn_sc: '94013000', uqc: 'NOS', qty: 2, rt: 5, txval: 50 },
      { num: 2, hsn_sc: '94013000', uqc: 'NOS', qty: 0, rt: 18, txval: 80, camt: 7.2 },
    ])
    expect(hsn.hsn_b2c).toMatchObject([{ num: 1, hsn_sc: '998314', uqc: 'NA', qty: 0, rt: 18, txval: 30 }])
  })

  test('is one before, and without rates before May 2021', async () => {
    const byRate = (await returnOf(dated('14-04-2025'), '042025')).body.hsn
    expect(byRate.data.map(({ rt, txval }: Record<string, number>) => [rt, txval])).toEqual([
      [5, 50],
      [18, 80],
      [18, 30],
    ])
    const [first] = (await returnOf(dated('14-04-2021'), '042021')).body.hsn.data
    expect(Object.keys(first)).toEqual(['num', 'hsn_sc', 'uqc', 'qty', 'val', 'txval', 'iamt', 'samt', 'camt', 'csamt'])
  })

  test('lacks lines without a code, and that is said', async () => {
    const desks = await openDesks(database)
    await desks.sales.take(registerOf(rowsOf({ number: 'S-1', buyer: 'registered', lines: [{ taxable: 1, rate: 18, hsn: '' }] })))
    expect((await desks.generate()).issues).toMatchObject([{ row: 1, severity: 'warning', code: 'return.lines_without_hsn' }])
  })
})

describe('documents issued', () => {
  const seriesOf = async (numbers: readonly string[]) => {
    const { body } = await returnOf(numbers.map((number) => ({ number, buyer: 'registered', lines: [{ taxable: 1, rate: 18 }] })))
    const [{ docs }] = body.doc_issue.doc_det
    return docs.map(({ from, to, totnum }: Record<string, string | number>) => `${from} to ${to}: ${totnum}`)
  }

  test.each([
    [['001/25-26', '002/25-26', '011/25-26'], ['001/25-26 to 011/25-26: 3']],
    [['INV/2025/8', 'INV/2025/9', 'INV/2025/10'], ['INV/2025/8 to INV/2025/10: 3']],
    [
      ['MH1/1', 'MH1/2', 'MH1/3', 'MH2/1', 'MH3/1'],
      ['MH1/1 to MH1/3: 3', 'MH2/1 to MH2/1: 1', 'MH3/1 to MH3/1: 1'],
    ],
    [
      ['25/A/1', '25/A/2', '25/B/1'],
      ['25/A/1 to 25/A/2: 2', '25/B/1 to 25/B/1: 1'],
    ],
    [['7-A', '8-a', '9-A'], ['7-A to 9-A: 3']],
    [
      ['ABC', 'ABD'],
      ['ABC to ABC: 1', 'ABD to ABD: 1'],
    ],
  ])('%j are %j', async (numbers, series) => {
    expect(await seriesOf(numbers)).toEqual(series)
  })
})

describe('advances that invoices use up', () => {
  const uses = (amount: string, date = '30-09-2025'): Cells => ({
    'Linked Advance Document Number': 'ADV/1',
    'Linked Advance Document Date': date,
    'Linked Advance Adjustment Amount': amount,
  })
  const service = { hsn: '998314' }
  const adjusted = async (...sales: Omit<Sale, 'number'>[]) =>
    (await returnOf(sales.map((sale, at) => ({ number: `S-${at}`, ...sale })))).body.txpd

  test('are added up by place and rate', async () => {
    const one: Omit<Sale, 'number'> = { buyer: 'registered', lines: [{ ...service, taxable: 1000, rate: 18 }], more: uses('500.55') }
    const elsewhere = { ...one, buyer: 'unregisteredElsewhere', more: uses('100') }
    expect(await adjusted(one, elsewhere, one)).toEqual([
      { pos: '27', sply_ty: 'INTRA', itms: [{ rt: 18, ad_amt: 1001.1, camt: 90.1, samt: 90.1 }] },
      { pos: '32', sply_ty: 'INTER', itms: [{ rt: 18, ad_amt: 100, iamt: 18 }] },
    ])
  })

  test('are divided among the rates of an invoice, to the paisa', async () => {
    const lines = [5, 18, 40].map((rate) => ({ ...service, taxable: 100, rate }))
    expect(await adjusted({ buyer: 'registeredElsewhere', lines, more: uses('100') })).toMatchObject([
      { itms: [{ ad_amt: 33.33 }, { ad_amt: 33.34 }, { ad_amt: 33.33 }] },
    ])
  })

  test('are no more than the invoice, and none of this month, on goods, on notes, on exports, or where the customer pays the tax', async () => {
    const one: Omit<Sale, 'number'> = { buyer: 'registered', lines: [{ ...service, taxable: 100, rate: 18 }], more: uses('500') }
    expect(await adjusted(one)).toMatchObject([{ itms: [{ ad_amt: 100 }] }])
    const none: Omit<Sale, 'number'>[] = [
      { ...one, more: uses('50', '01-10-2025') },
      { ...one, lines: [{ taxable: 100, rate: 18 }] },
      { ...one, type: 'DEBIT' },
      { ...one, buyer: 'abroad' },
      { ...one, buyer: 'specialZone' },
      { ...one, more: { ...uses('50'), 'Is Reverse Charge': 'Y' } },
      { ...one, more: { ...uses('50'), 'Is this Document Cancelled': 'Y' } },
    ]
    expect(await adjusted(...none)).toBeUndefined()
  })
})

test('supplies through an operator stand in their own section as well, less what was taken back', async () => {
  const [one, other] = [registration('24AAQCA8719H1C'), registration('29AAGCB7383J1C')]
  const through = (etin: string) => ({ 'Ecommerce GSTIN': etin })
  const sale = (number: string, more: Partial<Sale>): Sale => ({
    number,
    buyer: 'unregistered',
    lines: [{ taxable: 100, rate: 18 }],
    ...more,
  })
  const sales = [
    sale('S-1', { more: through(other) }),
    sale('S-2', { more: through(one), buyer: 'registeredElsewhere' }),
    sale('S-3', {
      more: through(one),
      lines: [
        { taxable: 50, rate: 5 },
        { taxable: 7, untaxed: 'EXEMPTED' },
      ],
    }),
    sale('C-1', { more: through(one), type: 'CREDIT', lines: [{ taxable: 10, rate: 5 }] }),
    sale('S-4', {}),
  ]
  const { body, summary } = await returnOf(sales)
  expect(body.supeco).toEqual({
    clttx: [
      { etin: one, suppval: 140, igst: 18, cgst: 1, sgst: 1, cess: 1.25 },
      { etin: other, suppval: 100, igst: 0, cgst: 9, sgst: 9, cess: 1.25 },
    ],
  })
  expect(body.b2b).toHaveLength(1)
  expect(summary).toMatch(/^ECO,14,.*Sales register,2,240\.00/m)
  // The table is there since January 2024.
  expect(
    (await returnOf([sale('S-1', { more: { ...through(one), 'Document Date': '31-12-2023' } })], '122023')).body.supeco,
  ).toBeUndefined()
})

test('a section that has a file is not made from the register, and the others are', async () => {
  const { sections, generate } = await returnOf([
    { number: 'S-1', buyer: 'registered', lines: [{ taxable: 100, rate: 18 }] },
    { number: 'S-2', buyer: 'unregistered', lines: [{ taxable: 30, rate: 18 }] },
  ])
  await sections.take('Type,Place Of Supply,Rate,Taxable Value\nOE,32,5,700\n', { fileName: `${filer}_GOVT_GSTR1_B2CS_102025_x.csv` })
  const { outputs } = await generate()
  const body = JSON.parse(outputs.success ?? '')
  expect(body.b2cs).toMatchObject([{ pos: '32', txval: 700 }])
  expect(body.b2b).toHaveLength(1)
  expect(outputs.summary).toMatch(/^B2B,.*Sales register,1,100\.00/m)
  expect(outputs.summary).toMatch(/^B2CS,.*Section file,1,700\.00/m)
})

test('what a unit in a special economic zone sells is between two states, in its register and its return', async () => {
  const { sales, returns } = await openDesks(database)
  const settings = { sezUnits: [filer] }
  const rows = rowsOf({ number: 'S-1', buyer: 'registered', lines: [{ taxable: 100, rate: 18 }] })
  const between = rows.map((row) => ({ ...row, 'CGST Amount': '', 'SGST Amount': '', 'IGST Amount': '18' }))
  expect((await sales.take(registerOf(rows), { settings })).issues).toMatchObject([{ code: 'cgst_amount.on_inter_state' }])
  expect((await sales.take(registerOf(between), { settings })).issues).toEqual([])
  const { outputs } = await returns.take(`GSTIN,Return Period\n${filer},102025\n`, { settings })
  expect(JSON.parse(outputs.success ?? '').b2b[0].inv[0].itms).toEqual([
    { num: 1801, itm_det: { txval: 100, rt: 18, iamt: 18, csamt: 1.25 } },
  ])
})
