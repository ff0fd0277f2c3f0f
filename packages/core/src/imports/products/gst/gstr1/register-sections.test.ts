import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ImportDesk, importDesk } from '../../../../testing/import-desk.ts'
import type { Cells } from '../../../importer.conformance.ts'
import { gst } from '../product.ts'
import { buyers, registerOf, rowsOf, type Sale } from './register.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const gstin = '27AAPFU0939F1ZV'
const openDesks = async () => {
  const sales = await importDesk(database, { product: gst, action: 'upload_sales' })
  const { workspaceId } = sales
  const returns = await importDesk(database, { product: gst, action: 'generate_gstr1', workspaceId })
  const sections = await importDesk(database, { product: gst, action: 'upload_gstr1_section', workspaceId })
  const generate = (period = '102025') => returns.take(`GSTIN,Return Period\n${gstin},${period}\n`)
  return { sales, sections, generate }
}
const returnOf = async (sales: readonly Sale[], period?: string) => {
  const desks = await openDesks()
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
    const desks = await openDesks()
    await desks.sales.take(registerOf(rowsOf({ number: 'S-1', buyer: 'registered', lines: [{ taxable: 1, rate: 18, hsn: '' }] })))
    expect((await desks.generate()).issues).toMatchObject([{ row: 1, severity: 'warning', code: 'return.lines_without_hsn' }])
  })
})

test('a section that has a file is not made from the register, and the others are', async () => {
  const { sections, generate } = await returnOf([
    { number: 'S-1', buyer: 'registered', lines: [{ taxable: 100, rate: 18 }] },
    { number: 'S-2', buyer: 'unregistered', lines: [{ taxable: 30, rate: 18 }] },
  ])
  await sections.take('Type,Place Of Supply,Rate,Taxable Value\nOE,32,5,700\n', { fileName: `${gstin}_GOVT_GSTR1_B2CS_102025_x.csv` })
  const { outputs } = await generate()
  const body = JSON.parse(outputs.success ?? '')
  expect(body.b2cs).toMatchObject([{ pos: '32', txval: 700 }])
  expect(body.b2b).toHaveLength(1)
  expect(outputs.summary).toMatch(/^B2B,.*Sales register,1,100\.00/m)
  expect(outputs.summary).toMatch(/^B2CS,.*Section file,1,700\.00/m)
})

describe('whatever sales are accepted', () => {
  const taxed = fc.record({
    taxable: fc.integer({ min: 1, max: 30_000_000 }).map((paise) => paise / 100),
    rate: fc.constantFrom(0, 0.25, 3, 5, 18, 40),
  })
  const untaxed = fc.record({
    taxable: fc.integer({ min: 1, max: 1_000_000 }).map((paise) => paise / 100),
    untaxed: fc.constantFrom('NILRATED', 'EXEMPTED', 'NONGSTSUPPLY'),
  })
  const sale = fc.record({
    type: fc.constantFrom<Sale['type'][]>('INVOICE', 'INVOICE', 'INVOICE', 'CREDIT', 'DEBIT'),
    buyer: fc.constantFrom(...Object.keys(buyers)),
    lines: fc.array(fc.oneof({ arbitrary: taxed, weight: 4 }, { arbitrary: untaxed, weight: 1 }), { minLength: 1, maxLength: 4 }),
    amends: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    cancelled: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  })
  const cellsOf = ({ amends, cancelled }: { amends: boolean; cancelled: boolean }): Cells => ({
    ...(amends ? { 'Original Document Number': 'OLD-1', 'Original Document Date': '05-08-2025' } : {}),
    ...(cancelled ? { 'Is this Document Cancelled': 'Y' } : {}),
  })

  test('the tables add up to the documents, and the same bytes come of any order of rows and files, however often dropped', async () => {
    const scenario = fc.record({
      sales: fc.array(sale, { minLength: 1, maxLength: 12 }),
      order: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
      parts: fc.integer({ min: 1, max: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(scenario, async ({ sales, order, parts }) => {
        const documents = sales.map((each, index) => rowsOf({ ...each, number: `D-${index}`, more: cellsOf(each) }))
        const plain = await openDesks()
        await plain.sales.take(registerOf(documents.flat()))
        const straight = await plain.generate()

        const mixed = await openDesks()
        const shuffled = (items: readonly Cells[][]) =>
          items
            .map((item, index) => ({ item, at: order[index % order.length] ?? 0 }))
            .toSorted((one, other) => one.at - other.at)
            .map(({ item }) => item)
        const files = Array.from({ length: parts }, (_, part) => shuffled(documents.filter((_, index) => index % parts === part)))
        for (const file of [...files, ...files.toReversed()]) {
          const rows = file.flat().map((row, index) => ({ row, at: order[(index * 7) % order.length] ?? 0 }))
          if (rows.length > 0) {
            const text = registerOf(rows.toSorted((one, other) => one.at - other.at).map(({ row }) => row))
            await mixed.sales.take(text, { duplicates: 'process' })
          }
        }
        const again = await mixed.generate()
        expect(again.outputs).toEqual(straight.outputs)

        const { hsn = {}, doc_issue, ...tables } = JSON.parse(straight.outputs.success ?? '')
        expect(totalsOf(tables)).toEqual(await documentTotals(plain.sales, 'not d.is_this_document_cancelled is true'))
        expect(totalsOf(hsn)).toEqual(
          await documentTotals(plain.sales, 'd.is_this_document_cancelled is not true and d.original_document_number is null'),
        )
      }),
      { numRuns: 8 },
    )
  }, 90_000)
})

type Totals = Record<'taxable' | 'igst' | 'cgst' | 'sgst' | 'cess', number>
const amounts: Readonly<Record<string, keyof Totals>> = {
  ...{ txval: 'taxable', nil_amt: 'taxable', expt_amt: 'taxable', ngsup_amt: 'taxable' },
  ...{ iamt: 'igst', camt: 'cgst', samt: 'sgst', csamt: 'cess' },
}

/** All amounts of a part of the return in paise, those of credit notes taken off. */
function totalsOf(part: unknown): Totals {
  const totals: Totals = { taxable: 0, igst: 0, cgst: 0, sgst: 0, cess: 0 }
  const add = (node: unknown, sign: number): void => {
    if (typeof node !== 'object' || node === null) return
    const own = 'ntty' in node && node.ntty === 'C' ? -sign : sign
    for (const [key, value] of Object.entries(node)) {
      const head = amounts[key]
      if (head === undefined) add(value, own)
      else totals[head] += own * Math.round(Number(value) * 100)
    }
  }
  add(part, 1)
  return totals
}

/** What the current documents of the workspace add up to, in paise. */
async function documentTotals(desk: ImportDesk, condition: string): Promise<Totals> {
  return desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
    const sum = (amount: string) =>
      `coalesce(round(100 * sum(case d.document_type when 'CREDIT' then -1 else 1 end * coalesce(${amount}, 0))), 0)::float8`
    const { rows } = await client.query<Totals>(
      `select ${sum('item_taxable_amount')} as taxable, ${sum('igst_amount')} as igst, ${sum('cgst_amount')} as cgst,
              ${sum('sgst_amount')} as sgst, ${sum('cess_amount')} as cess
       from gst_current_documents c join gst_documents d on d.id = c.document_id join gst_document_lines l using (document_id)
       where ${condition}`,
    )
    return rows[0] as Totals
  })
}
