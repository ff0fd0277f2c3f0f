import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../../id.ts'
import { importDesk } from '../../../testing/import-desk.ts'
import type { Cells } from '../../importer.conformance.ts'
import type { Action, ImportFile, RowIssue } from '../../importer.ts'
import { csvWriter } from '../../write-csv.ts'
import { gst } from './product.ts'

/** A rule, as `error gst_rate.unknown`, with a line that breaks it and lines that just do not. A line is a whole document. */
export type RuleCase = {
  code: string
  breaks: Cells
  keeps: readonly Cells[]
  /** Of the FTP client. */
  settings?: ImportFile['settings']
}

export type RuleCases = {
  action: Action
  cases: readonly RuleCase[]
  /** Codes of all rules over read cells. */
  rules: readonly { code: string; severity: string }[]
  /** Beside the fixture: what an import of all its lines reports. */
  report: string
}

const file: Omit<ImportFile, 'positions'> = {
  workspaceId: '',
  transferId: newId(),
  mode: 'test',
  inbox: null,
  fileName: 'register.csv',
  environment: 'production',
  today: '2025-11-15',
  extras: [],
  settings: {},
}

/** What is found of one line that is a whole document. */
export function issuesOf(action: Action, line: Cells, options: Partial<ImportFile> = {}): RowIssue[] {
  const issues: RowIssue[] = []
  const judge = action.importer({ ...file, positions: action.columns.map((_, index) => index), ...options })
  const report = (issue: RowIssue) => issues.push(issue)
  judge.row({ number: 1, cells: action.columns.map((column) => line[column.header] ?? '') }, report)
  judge.end?.(report)
  return issues
}

export function codesOf(action: Action, line: Cells, options?: Partial<ImportFile>): string[] {
  return issuesOf(action, line, options).map(named)
}

/** What to do about it. */
const remedy = /\b(write|correct|copy|compare|empty|use|leave|make sure|shorten|claim|send|type)\b/i

const named = ({ severity, code }: { severity: string; code: string }) => `${severity} ${code}`

/** What holds for every rule of a register. */
export function rulesHold({ action, cases, rules, report }: RuleCases): void {
  describe.each(cases)('$code', ({ code, breaks, keeps, settings = {} }) => {
    test('a line that breaks it draws it and nothing else, and is told what to do', () => {
      const issues = issuesOf(action, breaks, { settings })
      expect(issues.map(named)).toEqual([code])
      expect(issues[0]?.column).toBeDefined()
      expect(issues[0]?.message).toMatch(/^[a-z0-9].*\.$/)
      if (!code.startsWith('notice')) expect(issues[0]?.message).toMatch(remedy)
      expect(issues[0]?.message).not.toMatch(/[\\^$]|\[A-Z|undefined|NaN/)
    })

    test('a line that just keeps it draws nothing', () => {
      for (const line of keeps) expect(codesOf(action, line, { settings })).toEqual([])
    })
  })

  test('every rule has a line that breaks it and one that just does not', () => {
    const pairs = new Set(cases.flatMap(({ code, keeps }) => (keeps.length > 0 ? [code] : [])))
    const totals = ['error document_total_amount.differs_from_lines', 'warning document_total_amount.rounded']
    expect([...rules.map(named), ...totals].filter((code) => !pairs.has(code))).toEqual([])
  })

  describe('a register of all these lines', () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await testDatabase()
    })
    afterAll(() => database[Symbol.asyncDispose]())

    test('draws the report beside the fixture', async () => {
      const desk = await importDesk(database, { product: gst, action: action.key })
      const write = csvWriter({ delimiter: ',', quote: '"' })
      const headers = action.columns.map((column) => column.header)
      const rows = cases
        .filter(({ settings }) => settings === undefined)
        .flatMap(({ code, breaks, keeps }) => [
          { fixture: `breaks ${code}`, line: breaks },
          ...keeps.map((line) => ({ fixture: `keeps ${code}`, line })),
        ])
      const lines = rows.map(({ line }, index) => {
        // A document each, except where the number itself is what the line is about.
        const number = /^(?:MH\/\d+)?$/.test(line['Document Number'] ?? '') && line['Document Number'] !== '' ? `R/${index + 1}` : undefined
        return { ...line, ...(number === undefined ? {} : { 'Document Number': number }) } as Cells
      })
      const taken = await desk.take([headers, ...lines.map((line) => headers.map((header) => line[header] ?? ''))].map(write).join(''))
      const found = taken.issues.map(({ row, severity, code, column = '', value, message }) =>
        write([String(row), rows[row - 1]?.fixture ?? '', severity, code, column, value ?? '', message]),
      )
      expect(taken.outcome.rows).toBe(rows.length)
      await expect([write(['Row', 'Fixture', 'Severity', 'Code', 'Column', 'Value', 'Message']), ...found].join('')).toMatchFileSnapshot(
        report,
      )
    })
  })
}
