import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCsv } from './read-csv.ts'
import { csvWriter, inBlocks, neutralised } from './write-csv.ts'

test('what is written is read back as it was, in every dialect', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ' ', ',', ';', '|', '\t', '"', "'", '\r', '\n', '=', 'é', '漢') })
  const line = fc.array(cell, { minLength: 2, maxLength: 4 })
  const property = fc.asyncProperty(
    fc.array(line, { minLength: 1, maxLength: 5 }),
    fc.constantFrom(',', ';', '|', '\t'),
    fc.constantFrom('"', "'"),
    async (lines, delimiter, quote) => {
      const csv = { delimiter, quote }
      const written = async function* () {
        yield `${['header', 'line'].join(delimiter)}\n`
        yield* lines.map(csvWriter(csv))
      }
      const read: string[][] = []
      for await (const batch of readCsv(inBlocks(written()), { csv })) read.push(...batch.records)
      expect(read.slice(1)).toEqual(lines)
    },
  )
  await fc.assert(property, { numRuns: 300 })
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\n=1', '\t1', '\r1', '＝1'])(
  '%j would be read as a formula and is neutralised',
  (text) => {
    expect(neutralised(text)).toBe(`'${text}`)
  },
)

test.each(['Row 1: "=1+1" is not a number.', 'plain', '', '1 - 1', "'=1"])('%j stays as it is', (text) => {
  expect(neutralised(text)).toBe(text)
})
