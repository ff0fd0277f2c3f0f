import { expect, test } from 'vitest'
import { zipOf } from '../testing/zip.ts'
import { asFatal } from './fatal.ts'
import { type ReadArchiveOptions, readArchive } from './read-archive.ts'
import { isWorkbook, readRecords } from './read-records.ts'

const csv = { delimiter: ',', quote: '"' }

async function* chunked(bytes: Buffer, size = 1000): AsyncGenerator<Buffer, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function numbered(bytes: Buffer, limits: ReadArchiveOptions['limits'] = {}): Promise<string[]> {
  const lines: string[] = []
  for await (const { first, records } of readArchive(chunked(bytes), { csv, limits }))
    lines.push(...records.map((record, at) => `${first + at}: ${record.join('|')}`))
  return lines
}

async function faultOf(bytes: Buffer, limits: ReadArchiveOptions['limits'] = {}) {
  return asFatal(await numbered(bytes, limits).catch((error: unknown) => error))
}

test('the files of an archive are read as one, in the order of their names, under one header line', async () => {
  const parts = {
    'rates/36-months.csv': '\ufeffMake,Price\r\nKia,300\r\nSeat,250\r\n',
    'rates/': '',
    '__MACOSX/rates/._24-months.csv': 'not a table',
    'rates/.DS_Store': 'nothing',
    'empty.CSV': 'make, PRICE\n',
    'rates/24-months.csv': 'Make,Price\nFord,"1,5"',
  }
  const expected = ['0: make| PRICE', '1: Ford|1,5', '2: Kia|300', '3: Seat|250']
  expect(await numbered(zipOf(parts))).toEqual(expected)

  const records: string[][] = []
  for await (const batch of readRecords(chunked(zipOf(parts), 7), { csv })) records.push(...batch.records)
  expect(records).toHaveLength(4)
  expect(await isWorkbook(chunked(zipOf(parts), 7))).toBe(false)
})

const good = 'Make,Price\nKia,300\n'

test.each<[string, Buffer, string, ReadArchiveOptions['limits']?]>([
  ['cut off', zipOf({ 'a.csv': good }).subarray(0, -10), 'zip.corrupt'],
  ['with a wrong checksum', zipOf({ 'a.csv': good }, { 'a.csv': { crc: 1 } }), 'zip.corrupt'],
  ['that says less of a size than is there', zipOf({ 'a.csv': good }, { 'a.csv': { size: 3 } }), 'zip.corrupt'],
  ['packed in an unknown way', zipOf({ 'a.csv': good }, { 'a.csv': { method: 12 } }), 'zip.corrupt'],
  ['with a name that leads out of it', zipOf({ '../../etc/a.csv': good }), 'zip.corrupt'],
  ['with an absolute name', zipOf({ '/etc/a.csv': good }), 'zip.corrupt'],
  ['with a password', zipOf({ 'a.csv': good }, { 'a.csv': { encrypted: true } }), 'zip.encrypted'],
  ['with nothing in it', zipOf({ 'folder/': '' }), 'zip.empty'],
  ['in an archive', zipOf({ 'a.csv': good, 'b.zip': zipOf({ 'c.csv': good }) }), 'zip.unexpected_file'],
  ['with a picture', zipOf({ 'a.csv': good, 'logo.png': 'PNG' }), 'zip.unexpected_file'],
  ['with other columns in a file', zipOf({ 'a.csv': good, 'b.csv': 'Price,Make\n300,Kia\n' }), 'zip.headers_differ'],
  ['with an empty file', zipOf({ 'a.csv': good, 'b.csv': '' }), 'file.empty'],
  ['of too many files', zipOf({ 'a.csv': good, 'b.csv': good, 'c.csv': good }), 'zip.too_many_files', { parts: 2 }],
  ['of too many rows in all', zipOf({ 'a.csv': good, 'b.csv': good, 'c.csv': good }), 'csv.too_many_rows', { rows: 2 }],
  ['that unpacks to too much in all', zipOf({ 'a.csv': good, 'b.csv': good }), 'zip.inflates_too_much', { inflatedBytes: 30 }],
  ['that is too large', zipOf({ 'a.csv': good }), 'file.too_large', { fileBytes: 100 }],
])('an archive %s is refused', async (_, bytes, code, limits) => {
  const fault = await faultOf(bytes, limits)
  expect(fault?.code).toBe(code)
  expect(fault?.message).toMatch(/^[A-Z"].*\.$/)
})

test('an archive that is a bomb is refused before it has unpacked', async () => {
  expect((await faultOf(zipOf({ 'a.csv': Buffer.alloc(64 * 1024 ** 2, `${'a'.repeat(1000)},b\n`) })))?.code).toBe('zip.inflates_too_much')
})

test('a fault in a file names it, and its row counts through all of them', async () => {
  const fault = await faultOf(zipOf({ 'a.csv': good, 'b\u0007.csv': `Make,Price\n${'x'.repeat(70_000)},1\n` }))
  expect(fault).toMatchObject({ code: 'csv.cell_too_large', row: 2 })
  expect(fault?.message).toMatch(/^In "b\?\.csv": Row 1 /)
})
