import { describe, expect, test } from 'vitest'
import { workbook } from '../testing/workbook.ts'
import { beginRecords, isWorkbook, readRecords } from './read-records.ts'
import { plainCsv } from './scan-csv.ts'

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function recordsOf(bytes: Buffer, size = 1000): Promise<string[][]> {
  const records: string[][] = []
  for await (const batch of readRecords(chunked(bytes, size), { csv: { delimiter: ',', quote: '"' } })) records.push(...batch.records)
  return records
}

const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex')

test.each([1, 3, 7, 1000])('a file is told by its content, in chunks of %i bytes', async (size) => {
  expect(await recordsOf(Buffer.from('A,B\n1,2\n'), size)).toEqual([
    ['A', 'B'],
    ['1', '2'],
  ])
  expect(
    await recordsOf(
      workbook([
        ['A', 'B'],
        [1, 2],
      ]),
      size,
    ),
  ).toEqual([
    ['A', 'B'],
    ['1', '2'],
  ])
})

test('a file of a few bytes is what it is', async () => {
  expect(await recordsOf(Buffer.from('A'))).toEqual([['A']])
  expect(await recordsOf(Buffer.from('PK,1\n'))).toEqual([['PK', '1']])
  await expect(recordsOf(Buffer.from(''))).rejects.toMatchObject({ code: 'file.empty' })
})

test('a workbook of before 2007, and one with a password, are refused by name', async () => {
  await expect(recordsOf(Buffer.concat([compound, Buffer.alloc(3000)]))).rejects.toMatchObject({ code: 'xlsx.old_format' })
  const locked = Buffer.concat([compound, Buffer.alloc(990), Buffer.from('EncryptedPackage', 'utf16le'), Buffer.alloc(500)])
  await expect(recordsOf(locked)).rejects.toMatchObject({ code: 'xlsx.encrypted' })
})

test('a source is let go when its reader stops', async () => {
  let ended = false
  const source = async function* () {
    try {
      for (;;) yield Buffer.from('A,B\n')
    } finally {
      ended = true
    }
  }
  for await (const _ of readRecords(source(), { csv: { delimiter: ',', quote: '"' } })) break
  expect(ended).toBe(true)
  ended = false
  expect(await isWorkbook(source())).toBe(false)
  expect(ended).toBe(true)
})

describe('records that are begun', () => {
  const source = async function* (bytes: Buffer | string) {
    yield Buffer.from(bytes)
  }

  test('were read up to the first batch, whoever takes them', async () => {
    let read = false
    const register = async function* () {
      yield Buffer.from('A,B\n1,2\n')
      read = true
    }
    await using records = await beginRecords(register(), { csv: plainCsv })
    expect(read).toBe(true)
    expect(await Array.fromAsync(records.batches)).toEqual([
      {
        first: 0,
        records: [
          ['A', 'B'],
          ['1', '2'],
        ],
      },
    ])
  })

  test('say what is wrong with the file to whoever takes them', async () => {
    await using records = await beginRecords(source('PK\x03\x04 and nothing of a ZIP file'), { csv: plainCsv })
    await expect(records.batches.next()).rejects.toMatchObject({ code: 'zip.corrupt' })
  })

  test('give back what they hold when nobody takes them', async () => {
    let closed = false
    const register = async function* () {
      try {
        for (;;) yield Buffer.from(`${'A,B\n'.repeat(20_000)}`)
      } finally {
        closed = true
      }
    }
    await (await beginRecords(register(), { csv: plainCsv }))[Symbol.asyncDispose]()
    expect(closed).toBe(true)
  })
})
