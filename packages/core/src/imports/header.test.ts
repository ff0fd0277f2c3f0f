import { describe, expect, test } from 'vitest'
import { asFatal } from './fatal.ts'
import { readHeader } from './header.ts'
import type { Column } from './importer.ts'

const columns: readonly Column[] = [
  { header: 'Number', aliases: ['No.'], required: true, help: '' },
  { header: 'Day of Issue', required: true, help: '' },
  { header: 'Remark', help: '' },
]
const read = (cells: readonly string[], csv = { delimiter: ',', quote: '"' }) => readHeader(cells, { columns, csv })
const faultOf = (...args: Parameters<typeof read>) => {
  try {
    read(...args)
  } catch (error) {
    return asFatal(error)
  }
  return undefined
}

test('columns are found wherever they stand, and the others have no position', () => {
  expect(read([' day_of  ISSUE ', 'no.']).positions).toEqual([1, 0, -1])
})

test('columns of an earlier error file are ignored', () => {
  const header = read(['Number', 'Error', 'Day of Issue', 'warning'])
  expect(header).toMatchObject({ echoed: [0, 2], extras: [], notices: [] })
})

test('a column without name is told of and not kept', () => {
  const header = read(['Number', 'Day of Issue', ''])
  expect(header.extras).toEqual([])
  expect(header.notices).toMatchObject([{ row: 0, code: 'header.column_dropped', message: expect.stringContaining('column 3') }])
})

describe('fatal faults', () => {
  test('a column under its name and an alias is there twice', () => {
    expect(faultOf(['Number', 'Day of Issue', 'No.'])).toMatchObject({ code: 'header.duplicate_column', column: 'No.' })
  })

  test('so is an unknown one', () => {
    expect(faultOf(['Number', 'x', 'Day of Issue', 'X '])).toMatchObject({ code: 'header.duplicate_column', column: 'X' })
  })

  test('all missing columns are named', () => {
    expect(faultOf(['Remark', 'Other'])?.message).toContain('"Number", "Day of Issue"')
  })

  test('a delimiter inside a name is no wrong delimiter', () => {
    expect(faultOf(['Number', 'Day; of; Issue'])).toMatchObject({ code: 'header.missing_column' })
  })

  test('other quotation marks than those set are named', () => {
    expect(faultOf(["'Number'", "'Day of Issue'"])).toMatchObject({ code: 'header.wrong_quote', row: 0 })
    expect(faultOf(['"Number"', '"Day of Issue"'], { delimiter: ',', quote: "'" })).toMatchObject({ code: 'header.wrong_quote' })
  })

  test('a wrong delimiter is found behind quotation marks too', () => {
    expect(faultOf(['"Number";"Day of Issue"'])).toMatchObject({ code: 'header.wrong_delimiter', value: ';' })
  })
})
