import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../id.ts'
import { type ImportDesk, importDesk, type TakeOptions } from '../testing/import-desk.ts'
import { workbook } from '../testing/workbook.ts'
import { type Action, columnsOf, type Product } from './importer.ts'
import { readKind } from './output-kind.ts'
import { csvWriter } from './write-csv.ts'

/** Cells of a row by header. */
export type Cells = Readonly<Record<string, string>>

/** What the specification must know of an action to try it. */
export type ImporterFixture = {
  product: Product
  action: Action
  /** Three rows without any finding; the first two stand or fall together, if any do. */
  rows: readonly [Cells, Cells, Cells]
  /** What makes a row wrong, and what makes one doubtful. */
  wrong: { cells: Cells; column: string; code: string }
  doubtful: { cells: Cells; code: string }
  /** A column that takes any text and may be left out. */
  freeText: string
  /** The oddest text it takes, where that is not any. */
  oddText?: string
  /** What files are called, where the name tells something. */
  fileName?: string
  /** All that counts of the product's data in a workspace, without ids. */
  holdings(desk: ImportDesk): Promise<readonly unknown[]>
}

/** The specification of the seam: what holds for every action, whatever it imports. */
export function conformsToTheSeam(fixture: ImporterFixture): void {
  const { product, action, rows, wrong, doubtful, freeText, holdings, fileName = 'register.csv' } = fixture
  const { oddText = '=1+1 "quoted", \\N back\\slash, two\nlines \t漢字 😀' } = fixture
  const comma = { delimiter: ',', quote: '"' }
  const headers = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const [first, second, third] = rows
  const csv = (lines: readonly Cells[], { heads = headers, csv = comma }: { heads?: readonly string[]; csv?: typeof comma } = {}) =>
    [heads, ...lines.map((line) => heads.map((header) => line[header] ?? ''))].map(csvWriter(csv)).join('')

  const reports = action.reports?.map(({ kind }) => kind) ?? []
  /** What is told of rows that were not imported, and of a fatal fault. */
  const told = ({ outputs }: { outputs: Record<string, string> }) => outputs[reports[0] ?? 'upload_error'] ?? ''

  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database[Symbol.asyncDispose]())
  const columns = columnsOf(action, fileName)
  const openDesk = async (): Promise<ImportDesk> => {
    const desk = await importDesk(database, { product, action: action.key })
    return { ...desk, take: (file, options) => desk.take(file, { fileName, ...options }) }
  }
  const take = async (text: string | Buffer, options?: TakeOptions) => {
    const desk = await openDesk()
    return { ...(await desk.take(text, options)), holdings: await holdings(desk), desk }
  }

  test('rows without finding are imported, and every declared result file is offered', async () => {
    const taken = await take(csv(rows))
    expect(taken.issues).toEqual([])
    expect(taken.outcome).toEqual({ rows: 3, accepted: 3, rejected: 0, warnings: 0, notices: 0 })
    expect(taken.loaded).toBe(true)
    expect(taken.holdings).not.toEqual([])
    const kinds = new Set(Object.keys(taken.outputs).map((kind) => readKind(kind).kind))
    expect([...kinds]).toEqual([...action.outputs.map((output) => output.kind), ...reports])
  })

  test('test mode tells the same and leaves no trace in the data', async () => {
    const file = csv([{ ...first, ...wrong.cells }, third])
    const live = await take(file)
    const tried = await take(file, { mode: 'test' })
    expect(tried.outcome).toEqual(live.outcome)
    expect(tried.issues).toEqual(live.issues)
    expect(told(tried)).toEqual(told(live))
    expect(Object.keys(tried.outputs)).toEqual(action.reports === undefined ? ['upload_error'] : reports)
    expect(tried.loaded).toBe(false)
    expect(tried.holdings).toEqual([])
  })

  describe('severities', () => {
    test('an error keeps its row out, and names row, column, value and remedy', async () => {
      const taken = await take(csv([{ ...third, ...wrong.cells }, first, second]))
      expect(taken.outcome).toMatchObject({ rows: 3, accepted: 2, rejected: 1 })
      const issue = taken.issues.find((each) => each.code === wrong.code)
      const value = wrong.cells[wrong.column]
      expect(issue).toMatchObject({ row: 1, column: wrong.column, severity: 'error', value })
      expect(issue?.message).toContain(`Row 1: ${wrong.column} "${value}"`)
    })

    test('a warning does not', async () => {
      const taken = await take(csv([{ ...third, ...doubtful.cells }]))
      expect(taken.outcome).toMatchObject({ rows: 1, accepted: 1, warnings: 1 })
      expect(taken.issues).toMatchObject([{ row: 1, severity: 'warning', code: doubtful.code }])
    })

    test('a fatal fault discards everything', async () => {
      const taken = await take(`${csv(rows)}"never closed`)
      expect(taken.outcome).toMatchObject({ rows: 0, accepted: 0, rejected: 0, fatal: { code: 'csv.quote_not_closed', row: 4 } })
      expect(taken.holdings).toEqual([])
      expect(told(taken)).toMatch(/^[^\n]+\n.*Row 4.*\n$/)
    })

    test('one bad row rejects those that stand or fall with it', async () => {
      const taken = await take(csv([first, { ...second, ...wrong.cells }, third]))
      const { code } = action.importer(anyFile).indivisible ?? {}
      if (code === undefined) expect(taken.outcome).toMatchObject({ accepted: 2, rejected: 1 })
      else {
        expect(taken.outcome).toMatchObject({ accepted: 1, rejected: 2 })
        expect(taken.issues.find((issue) => issue.row === 1)).toMatchObject({ severity: 'error', code })
        expect(taken.issues[0]?.message).toContain('row 2')
      }
    })

    test('issues beyond the limit are counted, and every rejected row is told of', async () => {
      const bad = Array.from({ length: 8 }, () => ({ ...third, ...wrong.cells }))
      const taken = await take(csv(bad), { issueLimit: 3 })
      expect(taken.outcome).toMatchObject({ rows: 8, rejected: 8 })
      expect(taken.issues).toHaveLength(3)
      expect(told(taken).trimEnd().split('\n')).toHaveLength(9)
    })
  })

  describe('headers', () => {
    test('columns come in any order, in any case, with space around', async () => {
      const heads = headers.toReversed()
      const shouted = csv(rows, { heads }).replace(/^.*/, (line) => line.toUpperCase().replaceAll(' ', '_').replaceAll(',', ' , '))
      expect((await take(shouted)).holdings).toEqual((await take(csv(rows))).holdings)
    })

    test('each alias stands for its column', async () => {
      for (const column of columns) {
        for (const alias of column.aliases ?? []) {
          if (!headers.includes(column.header)) continue
          const aliased = csv(rows).replace(column.header, alias)
          expect((await take(aliased)).outcome, alias).toMatchObject({ accepted: 3, notices: 0 })
        }
      }
    })

    test.runIf(columns.some(({ shorthand }) => shorthand !== undefined))('short names stand for all columns or for none', async () => {
      const shortOf = (header: string) => columns.find((column) => column.header === header)?.shorthand ?? header
      const headed = (heads: readonly string[]) => csv(rows).replace(/^.*/, heads.join(','))
      const short = await take(headed(headers.map(shortOf)))
      expect(short.outcome).toMatchObject({ accepted: 3, notices: 0 })
      expect(short.holdings).toEqual((await take(csv(rows))).holdings)
      const mixed = await take(headed([shortOf(headers[0] ?? ''), ...headers.slice(1)]))
      expect(mixed.outcome.fatal).toMatchObject({ code: 'header.mixed_names', column: shortOf(headers[0] ?? '') })
      const shouted = await take(headed(headers.map((header) => shortOf(header).toUpperCase())))
      expect(shouted.outcome.fatal).toMatchObject({ code: 'header.missing_column' })
    })

    test('a column twice is fatal', async () => {
      const heads = [...headers, headers[0] ?? '']
      expect((await take(csv(rows, { heads }))).outcome.fatal).toMatchObject({ code: 'header.duplicate_column', column: headers[0] })
    })

    test('a required column that is missing is fatal', async () => {
      for (const { header } of columns.filter((column) => column.required === true)) {
        const taken = await take(csv(rows, { heads: headers.filter((each) => each !== header) }))
        expect(taken.outcome.fatal).toMatchObject({ code: 'header.missing_column', column: header })
      }
    })

    test('ten unknown columns are kept with a notice each, an eleventh is not', async () => {
      const unknown = Array.from({ length: 11 }, (_, index) => `Our own ${index + 1}`)
      const taken = await take(csv(rows, { heads: [...headers, ...unknown] }))
      expect(taken.outcome).toMatchObject({ accepted: 3, notices: 11 })
      expect(taken.issues.map((issue) => issue.code)).toEqual([
        ...unknown.slice(1).map(() => 'header.unknown_column'),
        'header.column_dropped',
      ])
    })

    test('a wrong delimiter is fatal and named', async () => {
      for (const [delimiter, name] of Object.entries({ ';': 'semicolon', '|': 'pipe', '\t': 'tab' })) {
        const { fatal } = (await take(csv(rows, { csv: { delimiter, quote: '"' } }))).outcome
        expect(fatal).toMatchObject({ code: 'header.wrong_delimiter', row: 0, message: expect.stringContaining(name) })
      }
    })

    test('a header line alone is fatal, and so is an empty file', async () => {
      expect((await take(csv([]))).outcome.fatal).toMatchObject({ code: 'file.no_rows' })
      expect((await take('')).outcome.fatal).toMatchObject({ code: 'file.empty' })
    })
  })

  describe('rows', () => {
    test('every dialect imports the same', async () => {
      const plain = (await take(csv(rows))).holdings
      for (const delimiter of [',', ';', '|', '\t']) {
        for (const quote of ['"', "'"]) {
          const dialect = { delimiter, quote }
          expect((await take(csv(rows, { csv: dialect }), { csv: dialect })).holdings).toEqual(plain)
        }
      }
    })

    test('blank lines and lines of delimiters are no rows, and keep their number', async () => {
      const [heading = '', ...lines] = csv([first, second, { ...third, ...wrong.cells }]).split('\n')
      const taken = await take([heading, '', lines[0], ','.repeat(headers.length - 1), lines[1], '', lines[2]].join('\n'))
      expect(taken.outcome).toMatchObject({ rows: 3, accepted: 2, rejected: 1 })
      expect(taken.issues).toMatchObject([{ row: 6 }])
    })

    test('too few or too many cells reject a row, empty ones behind the last do not', async () => {
      const [heading, ...lines] = csv([third]).split('\n')
      const file = (line: string) => `${heading}\n${line}\n`
      const [line = ''] = lines
      for (const cut of [line.slice(0, line.lastIndexOf(',')), `${line},one more`]) {
        const taken = await take(file(cut))
        expect(taken.issues).toMatchObject([{ row: 1, code: 'row.wrong_cell_count' }])
        expect(taken.outcome).toMatchObject({ rows: 1, rejected: 1 })
      }
      expect((await take(file(`${line},,`))).outcome).toMatchObject({ accepted: 1 })
    })

    test('free text comes through as it is, an invisible control character rejects its row', async () => {
      const heads = [...new Set([...headers, freeText])]
      const taken = await take(csv([{ ...third, [freeText]: oddText }], { heads }))
      expect(taken.outcome).toMatchObject({ accepted: 1 })
      expect(JSON.stringify(taken.holdings)).toContain(JSON.stringify(oddText).slice(1, -1))
      const control = await take(csv([{ ...third, [freeText]: 'bell \x07' }], { heads }))
      expect(control.issues).toMatchObject([{ row: 1, column: freeText, code: 'cell.control_character' }])
    })
  })

  describe.runIf(action.reports === undefined)('the error file', () => {
    test('holds the rejected rows as they came, in the sender’s columns and dialect, with what is wrong behind them', async () => {
      const dialect = { delimiter: ';', quote: "'" }
      const heads = [...new Set(['Own column', freeText, ...headers])]
      const bad = { ...third, ...wrong.cells, 'Own column': "=cmd|'/c calc'!A1", [freeText]: ' -5 ; "x" ' }
      const taken = await take(csv([first, second, bad], { heads, csv: dialect }), { csv: dialect })
      const [heading, line = ''] = taken.outputs.upload_error?.split('\n') ?? []
      expect(heading).toBe([...heads, 'Error', 'Warning'].join(';'))
      expect(line).toContain("'=cmd|''/c calc''!A1';' -5 ; \"x\" ';")
      expect(line).toMatch(/'Row 3: /)
      expect(line).toContain(`${wrong.column} `)
    })

    test('can be corrected and dropped again', async () => {
      const desk = await openDesk()
      const faulty = await desk.take(csv([first, { ...second, ...wrong.cells }, third]))
      const corrected = faulty.outputs.upload_error?.replace(
        new RegExp(`(^|,)${wrong.cells[wrong.column]}(?=,)`, 'm'),
        `$1${second[wrong.column] ?? ''}`,
      )
      const again = await desk.take(corrected ?? '')
      expect(again.outcome).toEqual({
        rows: faulty.outcome.rejected,
        accepted: faulty.outcome.rejected,
        rejected: 0,
        warnings: 0,
        notices: 0,
      })
      expect(await holdings(desk)).toEqual((await take(csv(rows))).holdings)
    })
  })

  describe('again', () => {
    test('the same rows twice are there once', async () => {
      const desk = await openDesk()
      await desk.take(csv(rows))
      const once = await holdings(desk)
      const again = await desk.take(csv(rows), { duplicates: 'process' })
      expect(again.outcome).toMatchObject({ accepted: 3 })
      expect(await holdings(desk)).toEqual(once)
    })

    test('content that was loaded before is known, unless it asks for something or the client wants it processed', async () => {
      const desk = await openDesk()
      const { transferId } = await desk.take(csv(rows), { sha256: 'one' })
      const known = await desk.take(csv(rows), { sha256: 'one' })
      if (action.asks) expect(known).toMatchObject({ loaded: true })
      else {
        expect(known).toMatchObject({ loaded: false, outcome: { rows: 0, alreadyImported: { transferId } } })
        expect(Object.keys(known.outputs)).toEqual(reports)
      }
      expect(await desk.take(csv(rows), { sha256: 'one', duplicates: 'process' })).toMatchObject({ loaded: true })
    })

    test('content of which nothing was loaded is not known', async () => {
      const desk = await openDesk()
      await desk.take(csv([{ ...third, ...wrong.cells }]), { sha256: 'one' })
      await desk.take(csv(rows), { sha256: 'one', mode: 'test' })
      expect((await desk.take(csv(rows), { sha256: 'one' })).outcome).toMatchObject({ accepted: 3 })
    })

    test('what came earlier does not replace what came later, whichever is imported first', async () => {
      const desk = await openDesk()
      const earlier = newId()
      await desk.take(csv([{ ...third, [freeText]: 'later' }], { heads: [...new Set([...headers, freeText])] }))
      const before = await holdings(desk)
      const late = await desk.take(csv([third]), { transferId: earlier })
      expect(late.outcome).toMatchObject({ accepted: 1 })
      expect(await holdings(desk)).toEqual(before)
    })
  })

  test('without a licence the file is answered and nothing loaded', async () => {
    const desk = await openDesk()
    await database.owner.query("update licences set valid_until = '2025-11-15T06:29:59Z' where workspace_id = $1", [desk.workspaceId])
    const taken = await desk.take(csv(rows))
    expect(taken).toMatchObject({ loaded: false, outcome: { rows: 0, fatal: { code: 'product.not_licensed' } } })
    expect(told(taken)).toContain('licence')
    expect(await holdings(desk)).toEqual([])
  })

  describe('workbooks', () => {
    const sheet = (lines: readonly Cells[]) => workbook([headers, ...lines.map((line) => headers.map((header) => line[header] ?? ''))])

    test('import as the same rows in a CSV file do, whatever their name says', async () => {
      const taken = await take(sheet(rows))
      expect(taken.outcome).toEqual({ rows: 3, accepted: 3, rejected: 0, warnings: 0, notices: 0 })
      expect(taken.holdings).toEqual((await take(csv(rows))).holdings)
    })

    test('have their errors in the same place, and a fatal fault if they are damaged', async () => {
      const lines = [first, second, { ...third, ...wrong.cells }]
      const [taken, plain] = [await take(sheet(lines)), await take(csv(lines))]
      expect(taken.issues).toEqual(plain.issues)
      expect(told(taken).replace('\ufeff', '')).toEqual(told(plain))
      expect((await take(sheet(rows).subarray(0, -10))).outcome.fatal).toMatchObject({ code: 'xlsx.corrupt' })
    })
  })

  test('a file that is neither CSV nor XLSX by its name is fatal', async () => {
    for (const name of ['register.xls', 'register', 'register.csv.pgp']) {
      expect((await take(csv(rows), { fileName: name })).outcome.fatal).toMatchObject({ code: 'import.unsupported_format' })
    }
  })

  test('another workspace sees nothing of it', async () => {
    const desk = await openDesk()
    await desk.take(csv(rows))
    expect(await holdings(await openDesk())).toEqual([])
  })

  const anyFile = {
    workspaceId: newId(),
    transferId: newId(),
    mode: 'test',
    inbox: null,
    fileName,
    environment: 'production',
    today: '2025-11-15',
    positions: columns.map((_, index) => index),
    extras: [],
    settings: {},
  } as const
}
