import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ImportDesk, importDesk } from '../../../testing/import-desk.ts'
import type { Cells } from '../../importer.conformance.ts'
import { csvWriter } from '../../write-csv.ts'
import { takesOddCells } from './odd-cells.conformance.ts'
import { gst } from './product.ts'
import { purchaseColumns } from './purchase-columns.ts'
import { samplePurchases } from './sample-purchases.ts'
import { interStatePurchase } from './upload-purchase.fixture.ts'
import { uploadPurchase } from './upload-purchase.ts'

let database: TestDatabase
let desk: ImportDesk
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const headers = purchaseColumns.map((column) => column.header)
const write = csvWriter({ delimiter: ',', quote: '"' })
const take = async (lines: readonly Cells[]) => {
  desk = await importDesk(database, { product: gst, action: 'upload_purchase' })
  return desk.take(write(headers) + lines.map((line) => write(headers.map((header) => line[header] ?? ''))).join(''))
}
const counted = () =>
  desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
    const { rows } = await client.query<{ number: string; supplier: string; lines: number }>(
      `select document_number as number, supplier_key as supplier, (
         select count(*)::int from gst_purchase_lines l where l.workspace_id = d.workspace_id and l.document_id = d.id
       ) as lines
       from gst_purchases d join gst_current_purchases c on c.workspace_id = d.workspace_id and c.document_id = d.id order by d.id`,
    )
    return rows
  })

const one = { ...interStatePurchase, 'Document Total Amount': '' }
const imported = {
  ...one,
  'Supplier GSTIN': '',
  'Import Type': 'SERVICES',
  'Is Reverse Charge': 'Y',
  'Item Category': '',
  'Document Number': 'Inv_2025.10 #7',
}

test('the template has its 66 columns, and each its place in the database', async () => {
  const { rows } = await database.owner.query<{ name: string }>(
    "select column_name as name from information_schema.columns where table_name in ('gst_purchases', 'gst_purchase_lines')",
  )
  const names = new Set(rows.map((row) => row.name))
  expect(purchaseColumns).toHaveLength(66)
  expect(purchaseColumns.filter((column) => !names.has(column.field))).toEqual([])
})

test('a supplier without GSTIN is told by name, whatever its case and spacing in another file', async () => {
  const { outcome } = await take([imported, { ...imported, 'Supplier Name': 'Acme Ltd' }, imported])
  expect(outcome).toMatchObject({ accepted: 3 })
  expect(await counted()).toEqual([
    { number: 'Inv_2025.10 #7', supplier: 'sharma traders, pune', lines: 2 },
    { number: 'Inv_2025.10 #7', supplier: 'acme ltd', lines: 1 },
  ])
  await desk.take(write(headers) + write(headers.map((header) => ({ ...imported, 'Supplier Name': 'ACME  LTD' })[header] ?? '')))
  expect(await counted()).toHaveLength(2)
})

test('the success file has a line for each document, without GSTIN for a supplier that has none', async () => {
  const { outputs } = await take([one, imported, { ...one, 'Document Number': '3', 'Is this Document Cancelled': 'Y' }])
  expect(outputs.success?.split('\n').slice(1)).toEqual([
    'INVOICE,MH/0002,14-10-2025,27AAPFU0939F1ZV,IMPORTED,',
    'INVOICE,Inv_2025.10 #7,14-10-2025,,IMPORTED,',
    'INVOICE,3,14-10-2025,27AAPFU0939F1ZV,CANCELLED,',
    '',
  ])
})

test('a supplier that cannot be told rejects what bears the same number', async () => {
  const { outcome, issues } = await take([one, { ...one, 'Supplier GSTIN': 'X' }, { ...one, 'Document Number': '3' }])
  expect(outcome).toMatchObject({ accepted: 1, rejected: 2 })
  expect(issues.map(({ row, code }) => [row, code])).toEqual([
    [1, 'document.has_rejected_row'],
    [2, 'supplier_gstin.malformed'],
  ])
})

test('a total may leave out the tax that the customer pays', async () => {
  const { issues } = await take([
    { ...imported, 'Document Total Amount': '1000' },
    { ...one, 'Document Total Amount': '1000' },
  ])
  expect(issues.map(({ row, code }) => [row, code])).toEqual([[2, 'document_total_amount.differs_from_lines']])
})

describe('a sample of purchases', () => {
  test('is the same for the same seed', () => {
    expect(samplePurchases({ rows: 100, seed: 1 })).toEqual(samplePurchases({ rows: 100, seed: 1 }))
    expect(samplePurchases({ rows: 100, seed: 1 }).text).not.toBe(samplePurchases({ rows: 100, seed: 2 }).text)
  })

  test.each([
    { rows: 1000, seed: 1 },
    { rows: 1000, seed: 2, badShare: 0.2 },
  ])('is imported as it foretells: %o', async (options) => {
    const { text, rows, documents, rejected } = samplePurchases(options)
    desk = await importDesk(database, { product: gst, action: 'upload_purchase' })
    const { outcome } = await desk.take(text)
    expect(outcome).toEqual({ rows, accepted: rows - rejected, rejected, warnings: 0, notices: 0 })
    if (rejected === 0) expect(await counted()).toHaveLength(documents)
  })
})

test('no cell, however odd, breaks the import', () => takesOddCells({ database, action: uploadPurchase, line: one }), 60_000)
