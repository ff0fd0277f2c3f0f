import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asFault } from '../faults.ts'
import { type CsvBatch, type CsvLimits, type ReadCsvOptions, readCsv, readCsvByParser } from './read-csv.ts'

type Read = { records: string[][]; fault?: { code: string; row: unknown } }

async function read(
  bytes: Buffer | Buffer[],
  options: Partial<ReadCsvOptions> & { by?: typeof readCsv } = {},
): Promise<Read & { batches: CsvBatch[] }> {
  const source = async function* () {
    yield* Array.isArray(bytes) ? bytes : [bytes]
  }
  const batches: CsvBatch[] = []
  const records: string[][] = []
  const reader = options.by ?? readCsv
  try {
    for await (const batch of reader(source(), { csv: options.csv ?? { delimiter: ',', quote: '"' }, limits: options.limits })) {
      expect(batch.first).toBe(records.length)
      batches.push(batch)
      records.push(...batch.records)
    }
    return { records, batches }
  } catch (error) {
    const fault = asFault(error)
    if (fault === undefined) throw error
    return { records: [], batches, fault: { code: fault.code, row: fault.details.row } }
  }
}

const text = (content: string) => read(Buffer.from(content))

describe('dialects', () => {
  const delimiters = [',', ';', '|', '\t']
  const quotes = ['"', "'"]
  test('every record that was written is read back, whatever the dialect, line end and cut of the stream', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ' ', ',', ';', '|', '\t', '"', "'", '\r', '\n', 'é', '漢', '😀') })
    const records = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 })
    const property = fc.asyncProperty(
      records,
      fc.constantFrom(...delimiters),
      fc.constantFrom(...quotes),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.constantFrom('utf8', 'utf8-mark', 'utf16le', 'utf16be'),
      fc.integer({ min: 1, max: 40 }),
      async (rows, delimiter, quote, lineEnd, encoding, step) => {
        fc.pre(rows[0]?.some((each) => each.trim() !== '') === true)
        const quoted = (each: string) => quote + each.replaceAll(quote, quote + quote) + quote
        const written = rows.map((row) => row.map(quoted).join(delimiter) + lineEnd).join('')
        expect((await read(cut(encode(written, encoding), step), { csv: { delimiter, quote } })).records).toEqual(rows)
      },
    )
    await fc.assert(property, { numRuns: 300 })
  })

  test('the fast reader gives the records, positions and faults of csv-parse on every input', async () => {
    const pieces = fc.constantFrom(
      ',',
      ';',
      '"',
      "'",
      '""',
      ',"',
      '",',
      '\r',
      '\n',
      '\r\n',
      'a',
      'bc',
      ' ',
      'é',
      '漢',
      '\0',
      '\ufffd',
      'long cell',
    )
    const property = fc.asyncProperty(
      fc.array(pieces, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))),
      fc.constantFrom(',', ';'),
      fc.constantFrom(...quotes),
      fc.integer({ min: 1, max: 64 }),
      fc.record({
        columns: fc.integer({ min: 1, max: 8 }),
        cellBytes: fc.integer({ min: 4, max: 20 }),
        recordBytes: fc.integer({ min: 10, max: 60 }),
        rows: fc.integer({ min: 1, max: 12 }),
      }),
      fc.boolean(),
      async (bytes, delimiter, quote, step, tight, limited) => {
        const limits: Partial<CsvLimits> = limited ? tight : {}
        const chunks = cut(bytes, step)
        const [fast, reference] = await Promise.all([
          read(chunks, { csv: { delimiter, quote }, limits }),
          read(chunks, { csv: { delimiter, quote }, limits, by: readCsvByParser }),
        ])
        expect({ records: fast.records, fault: fast.fault }).toEqual({ records: reference.records, fault: reference.fault })
      },
    )
    await fc.assert(property, { numRuns: 2000 })
  })

  test('a quote inside a cell that does not begin with one is a character', async () => {
    expect((await text('size,name\n5",6" pipe\n')).records[1]).toEqual(['5"', '6" pipe'])
  })

  test('text behind a closing quote belongs to the cell', async () => {
    expect((await text('a,b\n"x"y,z\n')).records[1]).toEqual(['"x"y', 'z'])
  })

  test('a quoted cell may hold delimiters, quotes and line ends', async () => {
    expect((await text('a,b\r\n"x, ""y""\r\nz",1\r\n')).records[1]).toEqual(['x, "y"\r\nz', '1'])
  })

  test('a last line without line end counts', async () => {
    expect((await text('a,b\n1,')).records).toEqual([
      ['a', 'b'],
      ['1', ''],
    ])
  })

  test('blank lines above the header do not count, below it they do', async () => {
    expect((await text('\n\r\na,b\n\n1,2\n')).records).toEqual([['a', 'b'], [''], ['1', '2']])
  })
})

describe('encodings', () => {
  test('a byte order mark is not part of the first header', async () => {
    for (const encoding of ['utf8-mark', 'utf16le', 'utf16be']) {
      expect((await read(encode('Name,Ort\nÅsa,漢\n', encoding))).records).toEqual([
        ['Name', 'Ort'],
        ['Åsa', '漢'],
      ])
    }
  })

  test.each([
    ['bytes that are not UTF-8', Buffer.concat([Buffer.from('a,b\n1,2\n3,'), Buffer.from([0xe9]), Buffer.from('\n')]), 'file.not_utf8', 2],
    ['a character cut at the end', Buffer.concat([Buffer.from('a,b\n1,2\n3,'), Buffer.from([0xe6, 0xbc])]), 'file.not_utf8', 2],
    ['half a surrogate in UTF-16', Buffer.from([0xff, 0xfe, 0x61, 0, 0x2c, 0, 0, 0xd8, 0x0a, 0]), 'file.not_utf16', 0],
    ['a NUL character', Buffer.from('a,b\n1,\0\n'), 'file.nul_character', 1],
    ['UTF-16 without a mark', Buffer.from('a,b\n1,2\n', 'utf16le'), 'file.nul_character', 0],
    ['a lost character', Buffer.from('a,b\n1,2\n3,Caf\ufffd\n'), 'file.replacement_character', 2],
  ])('%s: the fault names its row', async (_, bytes, code, row) => {
    expect((await read(bytes)).fault).toEqual({ code, row })
  })
})

describe('guards', () => {
  const limits = { fileBytes: 4096, rows: 3, columns: 4, cellBytes: 20, recordBytes: 64 }
  test.each([
    ['an empty file', '', 'file.empty', undefined],
    ['a file of blank lines', '\n\n \r\n', 'file.empty', undefined],
    ['a file over the limit', 'x'.repeat(5000), 'file.too_large', 0],
    ['too many rows', 'a\n1\n2\n3\n4\n', 'csv.too_many_rows', 4],
    ['too many columns', 'a,b\n1,2,3,4,5\n', 'csv.too_many_columns', 1],
    ['too many columns in the header', 'a,b,c,d,e\n', 'csv.too_many_columns', 0],
    ['a cell over the limit', `a\n${'x'.repeat(21)}\n`, 'csv.cell_too_large', 1],
    ['a record over the limit, delimiters counted', `a\n${','.repeat(64)}\n`, 'csv.record_too_large', 1],
    ['a quote that is never closed', 'a,b\n1,2\n"3,4\n', 'csv.quote_not_closed', 2],
    ['a quote that swallows the file', `a\n"${'x\n'.repeat(100)}`, 'csv.record_too_large', 1],
  ])('%s is fatal', async (_, content, code, row) => {
    expect((await read(Buffer.from(content), { limits })).fault).toEqual({ code, row })
  })

  test('what just keeps within the limits passes', async () => {
    const content = `a,b,c,d\n${'x'.repeat(20)},${'y'.repeat(20)},${'z'.repeat(20)},\n1,,,\n2,,,\n`
    expect((await read(Buffer.from(content), { limits })).records).toHaveLength(4)
  })

  test.each([
    ['10 MB without end', 'x'.repeat(10_000_000)],
    ['10 MB within a quote', `"${'x\n'.repeat(5_000_000)}`],
    ['4,000,000 delimiters on a line', ','.repeat(4_000_000)],
  ])('%s stops after the first megabyte', async (_, bomb) => {
    let taken = 0
    const source = async function* () {
      const bytes = Buffer.from(`a,b\n${bomb}`)
      for (let at = 0; at < bytes.length; at += 65_536) {
        taken += 65_536
        yield bytes.subarray(at, at + 65_536)
      }
    }
    for (const reader of [readCsv, readCsvByParser]) {
      taken = 0
      await expect(drain(reader(source(), { csv: { delimiter: ',', quote: '"' } }))).rejects.toMatchObject({ code: 'csv.record_too_large' })
      expect(taken).toBeLessThan(1.3 * 1024 ** 2)
    }
  })
})

async function drain(batches: AsyncIterable<CsvBatch>): Promise<void> {
  for await (const batch of batches) void batch
}

function cut(bytes: Buffer, step: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) => bytes.subarray(index * step, (index + 1) * step))
}

function encode(content: string, encoding: string): Buffer {
  if (encoding === 'utf8') return Buffer.from(content)
  if (encoding === 'utf8-mark') return Buffer.from(`\ufeff${content}`)
  const little = Buffer.from(`\ufeff${content}`, 'utf16le')
  return encoding === 'utf16le' ? little : little.swap16()
}
