import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../../id.ts'
import { type ImportDesk, importDesk } from '../../../testing/import-desk.ts'
import type { Cells } from '../../importer.conformance.ts'
import { csvWriter } from '../../write-csv.ts'
import { loadHsnCodes } from './load-hsn-codes.ts'
import { takesOddCells } from './odd-cells.conformance.ts'
import { gst } from './product.ts'
import { salesColumns } from './sales-columns.ts'
import { sampleRegister } from './sample-register.ts'
import { interStateLine } from './upload-sales.fixture.ts'
import { uploadSales } from './upload-sales.ts'

let database: TestDatabase
let desk: ImportDesk
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const openDesk = async () => {
  desk = await importDesk(database, { product: gst, action: 'upload_sales' })
  return desk
}
const headers = salesColumns.map((column) => column.header)
const write = csvWriter({ delimiter: ',', quote: '"' })
const register = (lines: readonly Cells[]) =>
  write(headers) + lines.map((line) => write(headers.map((header) => line[header] ?? ''))).join('')
const take = async (lines: readonly Cells[]) => (await openDesk()).take(register(lines))

type Held = { number: string; transfer: string; current: boolean; lines: number[] }
const documents = () =>
  desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
    const { rows } = await client.query<Held>(
      `select document_number as number, transfer_id as transfer, exists (
         select from gst_current_documents c where c.workspace_id = d.workspace_id and c.document_id = d.id
       ) as current, (
         select array_agg(row_number order by row_number) from gst_document_lines l where l.workspace_id = d.workspace_id and l.document_id = d.id
       ) as lines from gst_documents d order by id`,
    )
    return rows
  })

const one = { ...interStateLine, 'Document Total Amount': '' }
const two = { ...one, 'Document Number': 'MH/0003' }
const line = (document: Cells, changes: Cells) => ({ ...document, ...changes })

describe('rows of a document', () => {
  test('are its lines, also where they stand apart or differ in how they write the same', async () => {
    const again = line(one, { 'Document Number': 'mh/0002', 'Document Date': '2025-10-14', 'Place of Supply': '29-Karnataka' })
    const { outcome } = await take([one, one, two, again, two])
    expect(outcome).toMatchObject({ accepted: 5, rejected: 0 })
    expect(await documents()).toMatchObject([
      { number: 'MH/0002', lines: [1, 2, 4] },
      { number: 'MH/0003', lines: [3, 5] },
    ])
  })

  test('must agree on what concerns the document', async () => {
    const { outcome, issues } = await take([one, line(one, { 'Customer Name': 'Somebody else' }), two])
    expect(outcome).toMatchObject({ accepted: 1, rejected: 2 })
    expect(issues).toMatchObject([
      { row: 1, code: 'document.has_rejected_row' },
      { row: 2, code: 'document.rows_disagree', column: 'Customer Name', value: 'Somebody else' },
    ])
    expect(issues[1]?.message).toContain('row 1 says of the same document, "Sharma Traders, Pune"')
  })

  test('are all rejected with one that is wrong, wherever it stands', async () => {
    const { issues } = await take([one, two, line(one, { 'GST Rate': '17' }), one])
    expect(issues.map(({ row, code }) => [row, code])).toEqual([
      [1, 'document.has_rejected_row'],
      [3, 'gst_rate.unknown'],
      [4, 'document.has_rejected_row'],
    ])
  })

  test.each<[string, Cells]>([
    ['date', { 'Document Date': '31-02-2025' }],
    ['type', { 'Document Type': 'RECEIPT' }],
    ['supplier', { 'Supplier GSTIN': '27AAPFU0939F1ZW' }],
  ])('are all rejected with one whose %s is wrong, though it might be another document', async (_, wrong) => {
    const { outcome } = await take([one, line(one, wrong), two])
    expect(outcome).toMatchObject({ accepted: 1, rejected: 2 })
  })

  test('are all rejected with one that has a cell too many', async () => {
    const text = register([one, one, two]).split('\n')
    const { outcome, issues } = await (await openDesk()).take([text[0], text[1], `${text[2]},more`, text[3], ''].join('\n'))
    expect(outcome).toMatchObject({ accepted: 1, rejected: 2 })
    expect(issues.map((issue) => issue.code)).toEqual(['document.has_rejected_row', 'row.wrong_cell_count'])
  })

  test('carry an error of the document each, and a warning of it once', async () => {
    const doubtful = line(one, { 'Export Bill Number': '1234' })
    const wrong = line(two, { 'Document Date': '16-11-2025' })
    const { issues } = await take([doubtful, doubtful, wrong, wrong])
    expect(issues.map(({ row, code }) => [row, code])).toEqual([
      [1, 'export_bill.incomplete'],
      [3, 'document_date.in_future'],
      [4, 'document_date.in_future'],
    ])
  })

  test('add up to its totals, also where they stand apart', async () => {
    const total = (document: Cells, amount: string) => line(document, { 'Document Total Amount': amount })
    const { outcome } = await take([total(one, '2360'), total(two, '1180'), total(one, '2360')])
    expect(outcome).toMatchObject({ accepted: 3 })
    const { issues } = await take([total(one, '1180'), total(two, '1180'), total(one, '1180')])
    expect(issues.map(({ row, code, value }) => [row, code, value])).toEqual([
      [1, 'document_total_amount.differs_from_lines', '1180'],
      [3, 'document.has_rejected_row', null],
    ])
    expect(issues[0]?.message).toContain('is not the 2360.00 that')
    const settings = { taxTolerance: 2 }
    const near = await desk.take(register([total(one, '2361.50'), total(two, '1180'), total(one, '2361.50')]), { settings })
    expect(near.issues).toMatchObject([{ row: 1, severity: 'warning', code: 'document_total_amount.rounded' }])
    const cancelled = line(total(one, '0'), { 'Is this Document Cancelled': 'Y' })
    expect((await desk.take(register([cancelled, total(two, '1180'), cancelled]))).issues).toEqual([])
  })

  test('say nothing of totals while one of them is wrong', async () => {
    const { issues } = await take([
      line(one, { 'Document Total Amount': '2360' }),
      line(one, { 'Document Total Amount': '2360', 'GST Rate': '17' }),
    ])
    expect(issues.map((issue) => issue.code)).toEqual(['document.has_rejected_row', 'gst_rate.unknown'])
  })
})

test('the same number of another year, type or supplier is another document', async () => {
  const others: Cells[] = [{ 'Document Date': '31-03-2025' }, { 'Document Type': 'CREDIT' }, { 'Supplier GSTIN': '24AAQCA8719H1ZC' }]
  const { outcome } = await take([one, ...others.map((other) => line(one, other))])
  expect(outcome).toMatchObject({ accepted: 4, rejected: 0 })
  expect(await documents()).toHaveLength(4)
})

describe('a document that comes again', () => {
  test('counts in its last version, the earlier ones are kept', async () => {
    await openDesk()
    const first = await desk.take(register([one, one]))
    const second = await desk.take(register([line(one, { 'Document Number': 'Mh/0002' })]))
    expect(await documents()).toMatchObject([
      { transfer: first.transferId, current: false, lines: [1, 2] },
      { transfer: second.transferId, current: true, lines: [1] },
    ])
  })

  test('with an earlier transfer, imported late, is kept with a warning and does not count', async () => {
    await openDesk()
    const earlier = newId()
    const later = await desk.take(register([one]))
    const late = await desk.take(register([one, two]), { transferId: earlier })
    expect(late.outcome).toMatchObject({ accepted: 2, warnings: 1 })
    expect(late.issues).toMatchObject([{ row: 1, severity: 'warning', code: 'document.outdated' }])
    expect(late.outputs.success).toContain('A file that came after this one')
    expect(await documents()).toMatchObject([
      { number: 'MH/0002', transfer: earlier, current: false },
      { number: 'MH/0003', transfer: earlier, current: true },
      { number: 'MH/0002', transfer: later.transferId, current: true },
    ])
  })

  test('in two files at once counts in the later one', async () => {
    await openDesk()
    const [first, second] = [newId(), newId()]
    await Promise.all([desk.take(register([one, two]), { transferId: second }), desk.take(register([one, two]), { transferId: first })])
    const held = await documents()
    expect(held).toHaveLength(4)
    for (const { transfer, current } of held) expect(current).toBe(transfer === second)
  })
})

describe('a list of codes that the operator loaded', () => {
  const load = async (codes: string) => {
    const file = async function* () {
      yield Buffer.from(codes)
    }
    await loadHsnCodes(desk.db, file())
  }

  test('is what codes must be on, unless the client wants none of it', async () => {
    await openDesk()
    const lines = register([line(one, { 'HSN or SAC code': '9401' }), one, line(two, { 'HSN or SAC code': '' })])
    await load('Code\n94013000\n')
    const { issues, outcome } = await desk.take(lines)
    expect(outcome).toMatchObject({ accepted: 1, rejected: 2 })
    expect(issues.filter(({ severity }) => severity === 'error')).toMatchObject([
      { row: 1, column: 'HSN or SAC code', code: 'hsn_or_sac_code.unlisted', value: '9401' },
      { row: 2, code: 'document.has_rejected_row' },
    ])
    expect((await desk.take(lines, { settings: { ignoreHsnValidation: true } })).outcome).toMatchObject({ accepted: 3 })
    await load('Code\n94013000\n9401\n')
    expect((await desk.take(lines)).outcome).toMatchObject({ accepted: 3 })
    await database.owner.query('delete from hsn_codes')
  })
})

test('the success file has a line for each document, with its warnings', async () => {
  const credit = line(two, { 'Document Type': 'credit note', 'Document Number': '-1/2', 'Item Unit Code': 'EACH' })
  const { outputs } = await take([one, one, credit, line(one, { 'Document Number': 'MH/9', 'GST Rate': '17' })])
  expect(outputs.success?.split('\n')).toEqual([
    'Document Type,Document Number,Document Date,Supplier GSTIN,Status,Warning',
    'INVOICE,MH/0002,14-10-2025,27AAPFU0939F1ZV,IMPORTED,',
    expect.stringMatching(
      /^CREDIT,-1\/2,14-10-2025,27AAPFU0939F1ZV,IMPORTED,"Row 3: Item Unit Code ""EACH"" is not on the list of units.*"$/,
    ),
    '',
  ])
})

test('the success file says of a document that it is cancelled or deleted', async () => {
  const { outcome, outputs } = await take([
    line(one, { 'Is this Document Cancelled': 'Y' }),
    line(two, { 'Is this Document Deleted': 'yes' }),
  ])
  expect(outcome).toMatchObject({ accepted: 2, warnings: 0 })
  expect(outputs.success).toContain('MH/0002,14-10-2025,27AAPFU0939F1ZV,CANCELLED,')
  expect(outputs.success).toContain('MH/0003,14-10-2025,27AAPFU0939F1ZV,DELETED,')
})

test('every template column has its place in the database', async () => {
  await openDesk()
  const { rows } = await database.owner.query<{ name: string }>(
    "select column_name as name from information_schema.columns where table_name in ('gst_documents', 'gst_document_lines')",
  )
  const names = new Set(rows.map((row) => row.name))
  expect(salesColumns).toHaveLength(65)
  expect(salesColumns.filter((column) => !names.has(column.field))).toEqual([])
})

test('no cell, however odd, breaks the import', () => takesOddCells({ database, action: uploadSales, line: one }), 60_000)

describe('a sample register', () => {
  test('is the same for the same seed', () => {
    const bytes = (seed: number) => Buffer.concat([...sampleRegister({ rows: 200, seed, badShare: 0.2 }).chunks]).toString()
    expect(bytes(1)).toBe(bytes(1))
    expect(bytes(1)).not.toBe(bytes(2))
  })

  test.each([
    { rows: 1, linesPerDocument: 1 },
    { rows: 500, linesPerDocument: 1, seed: 2, badShare: 0.3 },
    { rows: 3000, linesPerDocument: 9, seed: 3, badShare: 0.2, warningShare: 0.2 },
    { rows: 1000, seed: 4, badShare: 1 },
  ])('is imported as it foretells: %o', async (options) => {
    const { chunks, tally } = sampleRegister(options)
    const { outcome, outputs } = await (await openDesk()).take(Buffer.concat([...chunks]))
    expect(outcome).toEqual({
      rows: tally.rows,
      accepted: tally.rows - tally.rejected,
      rejected: tally.rejected,
      warnings: tally.warnings,
      notices: 0,
    })
    const lines = (text = '') => text.split('\n').length - 2
    expect(lines(outputs.upload_error)).toBe(tally.rejected === 0 ? -1 : tally.rejected)
    const imported = await documents()
    expect(lines(outputs.success)).toBe(imported.length === 0 ? -1 : imported.length)
  })
})
