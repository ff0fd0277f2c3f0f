import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type WorkbookCell, workbook, workbookParts } from '../../testing/workbook.ts'
import { zipOf } from '../../testing/zip.ts'
import type { CsvBatch } from '../read-csv.ts'
import { type ReadXlsxOptions, readXlsx } from './read-xlsx.ts'

async function* inChunks(bytes: Buffer, size = 4096): AsyncGenerator<Buffer, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function batchesOf(bytes: Buffer, options: ReadXlsxOptions = {}): Promise<CsvBatch[]> {
  const batches: CsvBatch[] = []
  for await (const batch of readXlsx(inChunks(bytes), options)) batches.push(batch)
  return batches
}

/** Records by number. */
async function recordsOf(bytes: Buffer, options?: ReadXlsxOptions): Promise<Record<number, string[]>> {
  const batches = await batchesOf(bytes, options)
  return Object.fromEntries(batches.flatMap(({ first, records }) => records.map((record, index) => [first + index, record])))
}

/** The second cell of a sheet with one row below its header. */
async function shown(cell: WorkbookCell, options: { date1904?: true } = {}): Promise<string | undefined> {
  return (
    await recordsOf(
      workbook(
        [
          ['A', 'B'],
          ['x', cell],
        ],
        options,
      ),
    )
  )[1]?.[1]
}

const faultOf = async (bytes: Buffer, options?: ReadXlsxOptions) => {
  const error = await batchesOf(bytes, options).catch((error) => error)
  return (error as { code?: string }).code ?? error
}

describe('rows', () => {
  test('are records as wide as the header, wherever their cells end', async () => {
    const rows = [
      ['A', 'B', 'C'],
      ['1', '', ''],
      ['', 'two'],
      ['1', '2', '3', 'beyond'],
    ]
    expect(await recordsOf(workbook(rows))).toEqual({
      0: ['A', 'B', 'C'],
      1: ['1', '', ''],
      2: ['', 'two', ''],
      3: ['1', '2', '3', 'beyond'],
    })
  })

  test('without anything are none, and those behind them keep their number', async () => {
    expect(await recordsOf(workbook([[], ['', ''], ['A'], [], ['', ''], ['x'], ['y']]))).toEqual({ 0: ['A'], 3: ['x'], 4: ['y'] })
  })

  test('are those of the first sheet that can be seen', async () => {
    const sheets =
      '<sheet name="a" sheetId="1" r:id="rId9" state="hidden"/><sheet name="b" sheetId="2" r:id="rId8"/><sheet name="c" sheetId="3" r:id="rId1"/>'
    const parts = workbookParts([['A'], ['x']])
    const book = String(parts['xl/workbook.xml']).replace(/<sheet .*\/>/, sheets)
    const related = String(parts['xl/_rels/workbook.xml.rels']).replace(
      '</Relationships>',
      '<Relationship Id="rId8" Type="x/chartsheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId9" Type="x/worksheet" Target="styles.xml"/></Relationships>',
    )
    expect(await recordsOf(zipOf({ ...parts, 'xl/workbook.xml': book, 'xl/_rels/workbook.xml.rels': related }))).toEqual({
      0: ['A'],
      1: ['x'],
    })
  })

  test('come through whatever stands in their cells, in chunks of any size', async () => {
    const text = fc.string({ unit: 'grapheme' }).map((each) => each.replace(/\0|\r/g, ''))
    const row = fc.array(text, { minLength: 1, maxLength: 5 })
    const property = fc.asyncProperty(fc.array(row, { maxLength: 8 }), fc.integer({ min: 1, max: 500 }), async (rows, size) => {
      const records: Record<number, string[]> = {}
      for await (const { first, records: found } of readXlsx(inChunks(workbook([['A', 'B', 'C', 'D', 'E'], ...rows]), size), {})) {
        for (const [index, record] of found.entries()) records[first + index] = record
      }
      const wanted = rows.flatMap((cells, index) =>
        cells.some((cell) => cell !== '') ? [[index + 1, [...cells, ...Array(5 - cells.length).fill('')]]] : [],
      )
      expect(records).toEqual({ 0: ['A', 'B', 'C', 'D', 'E'], ...Object.fromEntries(wanted) })
    })
    await fc.assert(property, { numRuns: 50 })
  })

  test('may be many, with texts of their own, in memory that does not grow with them', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => [`text ${index}`, 'the same', index])
    const records = await recordsOf(workbook([['A', 'B', 'C'], ...rows]))
    expect(Object.keys(records)).toHaveLength(30_001)
    expect(records[29_999]).toEqual(['text 29998', 'the same', '29998'])
  })
})

describe('cells', () => {
  test.each<[WorkbookCell, string]>([
    [1180.5, '1180.5'],
    [0, '0'],
    [-5, '-5'],
    [0.1 + 0.2, '0.3'],
    [1e-7, '0.0000001'],
    [1.5e21, '1500000000000000000000'],
    [123456789012345, '123456789012345'],
    [{ number: 0.18, format: '0%' }, '18%'],
    [{ number: 0.285, format: '0.00%' }, '28.5%'],
    [{ number: 402, format: '0000' }, '0402'],
    [{ number: 1180.456, format: '0.00' }, '1180.456'],
    [{ number: 118000, format: '[$₹-4009] #,##,##0.00' }, '118000'],
    [{ number: 5, format: '0" days"' }, '5'],
    [{ number: 45944, format: 'dd-mm-yyyy' }, '14-10-2025'],
    [{ number: 45944, format: '[$-409]d-mmm-yy;@' }, '14-10-2025'],
    [{ number: 45944.75, format: 'dd/mm/yyyy hh:mm' }, '14-10-2025'],
    [{ number: 45943.9999999, format: 'dd-mm-yyyy' }, '14-10-2025'],
    [{ number: 45931, format: 'mmm-yy' }, '10-2025'],
    [{ number: 59, format: 'dd-mm-yyyy' }, '28-02-1900'],
    [{ number: 0.5, format: 'hh:mm' }, '12:00:00'],
    [{ number: -1, format: 'dd-mm-yyyy' }, '-1'],
    [{ xml: '<c t="b"><v>1</v></c>' }, 'TRUE'],
    [{ xml: '<c t="e"><v>#N/A</v></c>' }, '#N/A'],
    [{ xml: '<c t="str"><f>A1&amp;"x"</f><v>a &lt; b</v></c>' }, 'a < b'],
    [{ xml: '<c><f>1+1</f><v>2</v></c>' }, '2'],
    [{ xml: '<c><f>1+1</f></c>' }, ''],
    [{ xml: '<c t="s"/>' }, ''],
    [{ xml: '<c t="d"><v>2025-10-14T00:00:00</v></c>' }, '2025-10-14'],
    [
      { xml: '<c t="inlineStr"><is><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r><rPh sb="0" eb="1"><t>aid</t></rPh></is></c>' },
      'rich text',
    ],
    ['_x0041_ & <b> "q"', '_x0041_ & <b> "q"'],
    ['two\nlines\t漢字 😀', 'two\nlines\t漢字 😀'],
    ['bell \x07', 'bell \x07'],
  ])('%j is read as %j', async (cell, text) => {
    expect(await shown(cell)).toBe(text)
  })

  test('a date of the system of 1904 is the day it shows', async () => {
    expect(await shown({ number: 44482, format: 'dd-mm-yyyy' }, { date1904: true })).toBe('14-10-2025')
  })

  test('an escape of what no text holds stays as it is written', async () => {
    expect(await shown({ xml: '<c t="str"><v>_x0000_ _xD800_</v></c>' })).toBe('_x0000_ _xD800_')
  })
})

describe('a workbook', () => {
  const whole = workbookParts([['A'], ['x']])
  const sheetName = 'xl/worksheets/sheet1.xml'
  const withSheet = (xml: string) => zipOf({ ...whole, [sheetName]: xml })

  test('of prefixed elements is read', async () => {
    const prefixed = (xml: unknown) => String(xml).replace(/<(\/?)(?=[a-z])/gi, '<$1x:')
    expect(await recordsOf(withSheet(prefixed(whole[sheetName])))).toEqual({ 0: ['A'], 1: ['x'] })
  })

  test.each<[string, Buffer, string]>([
    ['cut off', zipOf(whole).subarray(0, -30), 'xlsx.corrupt'],
    ['not a ZIP file behind its first bytes', Buffer.from('PK\x03\x04 a zip'), 'xlsx.corrupt'],
    ['with a wrong checksum', zipOf(whole, { [sheetName]: { crc: 1 } }), 'xlsx.corrupt'],
    ['that says less of its size than is there', zipOf(whole, { [sheetName]: { size: 5 } }), 'xlsx.corrupt'],
    ['packed in an unknown way', zipOf(whole, { [sheetName]: { method: 12 } }), 'xlsx.corrupt'],
    ['whose sheet is cut off', withSheet(String(whole[sheetName]).slice(0, -20)), 'xlsx.corrupt'],
    ['whose sheet is not UTF-8', zipOf({ ...whole, [sheetName]: Buffer.from([0x3c, 0x61, 0xff]) }), 'xlsx.corrupt'],
    ['with a text that is not there', withSheet('<worksheet><row><c t="s"><v>99</v></c></row></worksheet>'), 'xlsx.corrupt'],
    [
      'with rows out of order',
      withSheet('<worksheet><row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row></worksheet>'),
      'xlsx.corrupt',
    ],
    ['with elements in elements without end', withSheet('<a>'.repeat(100)), 'xlsx.corrupt'],
    ['with an attribute without end', withSheet(`<worksheet a="${'<'.repeat(3_000_000)}`), 'xlsx.corrupt'],
    ['with a password on its parts', zipOf(whole, { [sheetName]: { encrypted: true } }), 'xlsx.encrypted'],
    [
      'that is a text document',
      zipOf({
        '_rels/.rels': String(whole['_rels/.rels']).replace('xl/workbook.xml', 'word/document.xml'),
        'word/document.xml': '<document/>',
      }),
      'xlsx.not_a_workbook',
    ],
    ['that is any other ZIP file', zipOf({ 'register.csv': 'A\nx\n' }), 'xlsx.not_a_workbook'],
    ['without a sheet', zipOf({ ...whole, 'xl/workbook.xml': '<workbook><sheets/></workbook>' }), 'xlsx.no_sheet'],
    ['with an empty sheet', workbook([[], ['', '']]), 'file.empty'],
  ])('%s is refused', async (_, bytes, code) => {
    expect(await faultOf(bytes)).toBe(code)
  })

  test.each<[string, ReadXlsxOptions['limits'], string]>([
    ['bytes', { fileBytes: 100 }, 'file.too_large'],
    ['rows', { rows: 1 }, 'xlsx.too_many_rows'],
    ['columns', { columns: 2 }, 'xlsx.too_many_columns'],
    ['bytes of a cell', { cellBytes: 10 }, 'xlsx.cell_too_large'],
    ['bytes of a row', { recordBytes: 20 }, 'xlsx.record_too_large'],
    ['parts', { parts: 5 }, 'xlsx.too_many_parts'],
    ['unpacked bytes', { inflatedBytes: 1000 }, 'xlsx.inflates_too_much'],
  ])('with too many %s is refused', async (_, limits, code) => {
    expect(
      await faultOf(
        workbook([
          ['A', 'B', 'C'],
          ['x', 'y', 'z'],
          ['x', 'y', 'a text of some length'],
        ]),
        { limits },
      ),
    ).toBe(code)
  })

  test('that unpacks to a hundred times its size is refused, whatever it says of it', async () => {
    const bomb = withSheet(`<worksheet>${' '.repeat(20 * 1024 ** 2)}</worksheet>`)
    expect(bomb.length).toBeLessThan(30_000)
    expect(await faultOf(bomb)).toBe('xlsx.inflates_too_much')
  })

  test('whose cells all name one long text is as large as a CSV file of them', async () => {
    const rows = Array.from({ length: 50 }, () => ['x'.repeat(30_000)])
    expect(await faultOf(workbook([['A'], ...rows]), { limits: { fileBytes: 1_000_000 } })).toBe('file.too_large')
  })

  test('whose document type defines entities gets none of them', async () => {
    const declared = '<!DOCTYPE a [<!ENTITY e "eeee"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    const xml = `${declared}<worksheet><row><c t="str"><v>&e;&f;</v></c></row></worksheet>`
    expect(await recordsOf(withSheet(xml))).toEqual({ 0: ['&e;&f;'] })
  })

  test('leaves nothing behind, also when it is refused', async () => {
    const spools = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('drayage-spool-'))
    const before = await spools()
    await batchesOf(zipOf(whole))
    await faultOf(zipOf(whole).subarray(0, 50))
    for await (const _ of readXlsx(inChunks(zipOf(whole)), {})) break
    expect(await spools()).toEqual(before)
  })
})
