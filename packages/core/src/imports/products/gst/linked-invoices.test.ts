import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importDesk } from '../../../testing/import-desk.ts'
import type { Cells } from '../../importer.conformance.ts'
import type { Action } from '../../importer.ts'
import { csvWriter } from '../../write-csv.ts'
import { linkedInvoiceFindings } from './linked-invoices.ts'
import { gst } from './product.ts'
import { registration } from './register-rules.fixture.ts'
import { interStatePurchase } from './upload-purchase.fixture.ts'
import { uploadPurchase } from './upload-purchase.ts'
import { interStateLine } from './upload-sales.fixture.ts'
import { uploadSales } from './upload-sales.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

/** A pair of an invoice of MH/0001 and a note of it: what of them breaks a rule, and what just does not. */
type Pair = { invoice?: Cells; note?: Cells }
type Case = { code: string; breaks: Pair; keeps: readonly Pair[] }

const cases: readonly Case[] = [
  {
    code: 'notice linked_invoice.not_imported',
    breaks: { note: { 'Linked Invoice Number': 'MH/0002' } },
    keeps: [{ note: { 'Linked Invoice Number': 'mh/0001' } }, { note: { 'Linked Invoice Date': '' } }],
  },
  {
    // A number is unique within a financial year only.
    code: 'notice linked_invoice.not_imported',
    breaks: { note: { 'Linked Invoice Date': '31-03-2025' } },
    keeps: [{ invoice: { 'Document Date': '31-03-2025' }, note: { 'Linked Invoice Date': '31-03-2025' } }],
  },
  {
    code: 'warning linked_invoice.does_not_count',
    breaks: { invoice: { 'Is this Document Cancelled': 'Y' } },
    keeps: [{ invoice: { 'Is this Document Cancelled': 'N' } }],
  },
  {
    code: 'warning linked_invoice.does_not_count',
    breaks: { invoice: { 'Is this Document Deleted': 'Y' } },
    keeps: [{ invoice: { 'Is this Document Deleted': 'N' } }],
  },
  {
    code: 'warning linked_invoice_date.differs_from_invoice',
    breaks: { note: { 'Linked Invoice Date': '02-10-2025' } },
    keeps: [{ note: { 'Linked Invoice Date': '1-Oct-25' } }],
  },
  {
    code: 'warning linked_invoice.after_note',
    breaks: { invoice: { 'Document Date': '15-10-2025' }, note: { 'Linked Invoice Date': '' } },
    keeps: [{ invoice: { 'Document Date': '14-10-2025' }, note: { 'Linked Invoice Date': '' } }],
  },
  {
    code: 'warning linked_invoice.other_customer',
    breaks: { invoice: { 'Customer GSTIN': registration('29AAPFU0939F1Z') } },
    keeps: [{}],
  },
  {
    code: 'warning linked_invoice.exceeded',
    breaks: { note: { 'Item Taxable Amount': '1000.01' } },
    keeps: [
      { note: { 'Item Taxable Amount': '1000.00' } },
      { note: { 'Item Taxable Amount': '1000.01', 'Document Type': 'DEBIT' } },
      { invoice: { 'Item Taxable Amount': '1000.01' }, note: { 'Item Taxable Amount': '1000.01' } },
    ],
  },
]

const registers: readonly [string, Action, Cells][] = [
  ['sales', uploadSales, interStateLine],
  ['purchases', uploadPurchase, interStatePurchase],
]

describe.each(registers)('a note among %s', (_, action, line) => {
  const write = csvWriter({ delimiter: ',', quote: '"' })
  const headers = action.columns.map((column) => column.header)
  const register = (rows: readonly Cells[]) =>
    [headers, ...rows.map((row) => headers.map((header) => row[header] ?? ''))].map(write).join('')
  const open = () => importDesk(database, { product: gst, action: action.key })
  const invoiceOf = ({ invoice }: Pair): Cells => ({
    ...line,
    'Document Number': 'MH/0001',
    'Document Date': '01-10-2025',
    'Document Total Amount': '',
    ...taxed(invoice),
  })
  const noteOf = ({ note }: Pair): Cells => ({
    ...line,
    'Document Type': 'CREDIT',
    'Document Number': 'C/1',
    'Document Total Amount': '',
    'Linked Invoice Number': 'MH/0001',
    'Linked Invoice Date': '01-10-2025',
    ...taxed(note),
  })
  /** Of the invoice that was looked up; that the date is missing is said as well. */
  const found = (issues: readonly { severity: string; code: string }[]) =>
    issues.filter(({ code }) => linkedInvoiceFindings.some((each) => each.code === code)).map(({ severity, code }) => `${severity} ${code}`)

  describe.each(cases)('$code', ({ code, breaks, keeps }) => {
    test('is said of an invoice in the same file, behind the note or before it', async () => {
      const both = [noteOf(breaks), invoiceOf(breaks)]
      for (const rows of [both, both.toReversed()]) {
        const taken = await (await open()).take(register(rows))
        expect(found(taken.issues)).toEqual([code])
        expect(taken.outcome).toMatchObject({ accepted: 2, rejected: 0 })
      }
      for (const pair of keeps) expect(found((await (await open()).take(register([invoiceOf(pair), noteOf(pair)]))).issues)).toEqual([])
    })

    test('is said of an invoice that was imported before, with row, column, value and what to do', async () => {
      const desk = await open()
      await desk.take(register([invoiceOf(breaks)]))
      const { issues, outcome } = await desk.take(register([noteOf(breaks)]))
      expect(found(issues)).toEqual([code])
      expect(outcome).toMatchObject({ accepted: 1 })
      const { column = '', value, message, row } = issues.find((issue) => code.endsWith(issue.code)) ?? { row: 0, message: '' }
      expect([row, value]).toEqual([1, noteOf(breaks)[column]])
      expect(message).toMatch(new RegExp(`^Row 1: ${column} "${value}" is .*; (correct|send) .*\\.$`))
      for (const pair of keeps) {
        const other = await open()
        await other.take(register([invoiceOf(pair)]))
        expect(found((await other.take(register([noteOf(pair)]))).issues)).toEqual([])
      }
    })
  })

  test('goes by the version of its invoice that counts, in the file before any other', async () => {
    const desk = await open()
    await desk.take(register([invoiceOf({ invoice: { 'Item Taxable Amount': '10' } })]))
    expect(found((await desk.take(register([noteOf({})]))).issues)).toEqual(['warning linked_invoice.exceeded'])
    expect(found((await desk.take(register([noteOf({}), invoiceOf({})]))).issues)).toEqual([])
    expect(found((await desk.take(register([noteOf({})]), { duplicates: 'process' })).issues)).toEqual([])
  })

  test('is compared with all lines of its invoice, wherever they stand', async () => {
    const half = invoiceOf({ invoice: { 'Item Taxable Amount': '500' } })
    expect(found((await (await open()).take(register([half, noteOf({}), half]))).issues)).toEqual([])
  })

  test('finds nothing in other workspaces', async () => {
    await (await open()).take(register([invoiceOf({})]))
    expect(found((await (await open()).take(register([noteOf({})]))).issues)).toEqual(['notice linked_invoice.not_imported'])
  })
})

test('a sale of before the tax is not looked for', async () => {
  const desk = await importDesk(database, { product: gst, action: 'upload_sales' })
  const cells: Cells = {
    ...interStateLine,
    'Document Type': 'CREDIT',
    'Document Total Amount': '',
    'Linked Invoice Number': 'OLD/1',
    'Is Linked Invoice Pre GST': 'Y',
  }
  const write = csvWriter({ delimiter: ',', quote: '"' })
  const { issues } = await desk.take(write(Object.keys(cells)) + write(Object.values(cells)))
  expect(issues.map(({ code }) => code)).toEqual(['linked_invoice.incomplete'])
})

test('every finding has a pair that draws it', () => {
  const broken = new Set(cases.map(({ code }) => code))
  expect(linkedInvoiceFindings.filter(({ severity, code }) => !broken.has(`${severity} ${code}`))).toEqual([])
})

/** With the tax of its amount. */
function taxed(cells: Cells = {}): Cells {
  const amount = cells['Item Taxable Amount']
  return amount === undefined ? cells : { ...cells, 'IGST Amount': (Number(amount) * 0.18).toFixed(2) }
}
