import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cells } from '../../../importer.conformance.ts'
import { registration } from '../register-rules.fixture.ts'
import { buyers, registerOf, rowsOf, type Sale } from './register.fixture.ts'
import { documentTotals, filer, openDesks, totalsOf } from './register-returns.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

describe('whatever sales are accepted', () => {
  const taxed = fc.record({
    taxable: fc.integer({ min: 1, max: 30_000_000 }).map((paise) => paise / 100),
    rate: fc.constantFrom(0, 0.25, 3, 5, 18, 40),
    hsn: fc.constantFrom('94013000', '998314'),
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
    operator: fc.constantFrom('', '', '24AAQCA8719H1C', '29AAGCB7383J1C'),
    /** Paise. */
    advance: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40_000_000 })),
  })
  type Generated = typeof sale extends fc.Arbitrary<infer Value> ? Value : never
  const cellsOf = ({ amends, cancelled, operator, advance }: Generated): Cells => ({
    ...(operator === '' ? {} : { 'Ecommerce GSTIN': registration(operator) }),
    ...(advance === 0
      ? {}
      : {
          'Linked Advance Document Number': 'ADV/1',
          'Linked Advance Document Date': '05-09-2025',
          'Linked Advance Adjustment Amount': (advance / 100).toFixed(2),
        }),
    ...(amends ? { 'Original Document Number': 'OLD-1', 'Original Document Date': '05-08-2025' } : {}),
    ...(cancelled ? { 'Is this Document Cancelled': 'Y' } : {}),
  })

  /** Paise of its advance that an invoice of services uses up. */
  const usedUp = ({ type, buyer, lines, amends, cancelled, advance }: Generated): number => {
    if (type !== 'INVOICE' || amends || cancelled || /abroad|specialZone/.test(buyer)) return 0
    const taxed = lines.filter((line) => 'rate' in line && line.rate > 0 && line.hsn.startsWith('99'))
    return Math.min(
      advance,
      taxed.reduce((sum, { taxable }) => sum + Math.round(taxable * 100), 0),
    )
  }

  test('the tables add up to the documents, and the same bytes come of any order of rows and files, however often dropped', async () => {
    const scenario = fc.record({
      sales: fc.array(sale, { minLength: 1, maxLength: 12 }),
      order: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
      parts: fc.integer({ min: 1, max: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(scenario, async ({ sales, order, parts }) => {
        const documents = sales.map((each, index) => rowsOf({ ...each, number: `D-${index}`, more: cellsOf(each) }))
        const plain = await openDesks(database)
        await plain.sales.take(registerOf(documents.flat()))
        const straight = await plain.generate()

        const mixed = await openDesks(database)
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

        const { hsn = {}, doc_issue, supeco = {}, txpd = [], ...tables } = JSON.parse(straight.outputs.success ?? '')
        expect(totalsOf(tables)).toEqual(await documentTotals(plain.sales, 'not d.is_this_document_cancelled is true'))
        expect(totalsOf(hsn)).toEqual(
          await documentTotals(plain.sales, 'd.is_this_document_cancelled is not true and d.original_document_number is null'),
        )
        expect(totalsOf(supeco)).toEqual(
          await documentTotals(
            plain.sales,
            `d.is_this_document_cancelled is not true and d.original_document_number is null and d.ecommerce_gstin is not null
             and (l.zero_tax_category is null or d.export_type like 'EXPORT%')`,
          ),
        )
        const adjusted = txpd.flatMap(({ itms }: { itms: { ad_amt: number }[] }) => itms.map(({ ad_amt }) => Math.round(ad_amt * 100)))
        expect(adjusted.reduce((sum: number, part: number) => sum + part, 0)).toBe(sales.reduce((sum, each) => sum + usedUp(each), 0))
      }),
      { numRuns: 8 },
    )
  }, 90_000)
})

test('the months and the quarter of a quarterly filer tell of each document once, and of the quarter what months lack', async () => {
  const { sales, returns } = await openDesks(database)
  const generate = async (period: string) => {
    const { outputs } = await returns.take(`GSTIN,Return Period,Quarterly Filer\n${filer},${period},yes\n`)
    return JSON.parse(outputs.success ?? '')
  }
  const months = ['14-07-2025', '14-08-2025', '14-09-2025']
  const documents = months.flatMap((date, month) =>
    Object.keys(buyers).flatMap((buyer, at) => {
      const sold: Sale = {
        number: `S-${month}-${at}`,
        buyer,
        lines: [{ taxable: 100_000 + at, rate: 18 }],
        more: { 'Document Date': date },
      }
      const more = { 'Document Date': date, 'Linked Invoice Number': sold.number, 'Linked Invoice Date': date }
      return [sold, { ...sold, number: `C-${month}-${at}`, type: 'CREDIT' as const, lines: [{ taxable: 10, rate: 18 }], more }]
    }),
  )
  expect((await sales.take(registerOf(documents.flatMap(rowsOf)))).outcome).toMatchObject({ rejected: 0 })
  const made = [await generate('072025'), await generate('082025'), await generate('092025')]
  expect(made.slice(0, 2).map((body) => Object.keys(body))).toEqual(Array(2).fill(['gstin', 'fp', 'version', 'hash', 'b2b', 'cdnr']))
  const tables = made.map(({ hsn, doc_issue, ...rest }) => rest)
  expect(totalsOf(tables)).toEqual(await documentTotals(sales, 'true'))
  expect(totalsOf(made[2].hsn)).toEqual(await documentTotals(sales, 'true'))
  const [invoices] = made[2].doc_issue.doc_det
  expect(invoices.docs.reduce((sum: number, { totnum }: { totnum: number }) => sum + totnum, 0)).toBe(documents.length / 2)
})
