import type { TransferOutcome, TransferOutputRow, TransferRow } from '@drayage/db/schema/transfers'
import { expect, test } from 'vitest'
import type { LetterFacts } from './letter-facts.ts'
import { plainText } from './plain-text.ts'
import { transferQuarantined, transferReport } from './transfer-letters.ts'

const outcome: TransferOutcome = { rows: 1000, accepted: 998, rejected: 2, warnings: 1, notices: 0 }
const output = (kind: string, path: string) => ({ kind, path, name: path.split('/').at(-1), fileId: 'f' }) as TransferOutputRow

function facts(row: Partial<TransferRow>, more: { outputs?: TransferOutputRow[]; issues?: object[] } = {}): LetterFacts {
  const transfer = {
    id: 't-1',
    fileName: 'sales-july.csv',
    mode: 'live',
    inbox: 'UPLOAD_SALES/INPUT/INIT',
    outcome,
    lastFault: null,
    ...row,
  }
  return {
    workspaceName: 'Lotus',
    client: {} as LetterFacts['client'],
    transfer: { row: transfer, outputs: more.outputs ?? [], issues: more.issues ?? [] } as LetterFacts['transfer'],
  }
}
/** As it is stored: where, what and why in one message. */
const issue = (rowNumber: number, severity = 'error') => ({
  rowNumber,
  columnName: 'Place of Supply',
  severity,
  code: 'gst.place_of_supply',
  message: `Row ${rowNumber}: Place of Supply "99" is no state. Use its two-digit code.`,
  value: '99',
})

test('the subject says which file and what came of it', () => {
  const subjectOf = (row: Partial<TransferRow>) => transferReport(facts(row)).subject
  expect(subjectOf({})).toBe('sales-july.csv: 2 of 1,000 rows rejected')
  expect(subjectOf({ outcome: { ...outcome, accepted: 1, rows: 1, rejected: 0 } })).toBe('sales-july.csv: 1 row imported')
  expect(subjectOf({ outcome: { ...outcome, fatal: { code: 'import.no_header', message: 'No header.' } } })).toBe(
    'sales-july.csv: not imported',
  )
  expect(subjectOf({ outcome: { ...outcome, alreadyImported: { transferId: 't-0' } } })).toBe(
    'sales-july.csv: imported before, nothing done',
  )
})

test('rejected rows are shown with row, column, value and remedy, each said once, and with where to correct them', () => {
  const outputs = [
    output('upload_error', '/data/OUTPUT/UPLOAD_ERROR/sales-july.csv'),
    output('success', '/data/OUTPUT/SUCCESS/sales-july.csv'),
  ]
  const text = plainText(transferReport(facts({}, { outputs, issues: [issue(12), issue(30, 'warning')] })).body)
  expect(text).toContain('Rejected  2')
  expect(text).toContain('\n  Row 12: Place of Supply "99" is no state. Use its two-digit code.\n')
  expect(text).toContain('\n  warning: Row 30: Place of Supply')
  expect(text).toContain('/data/OUTPUT/UPLOAD_ERROR/sales-july.csv')
  expect(text).toContain('drop that file into UPLOAD_SALES/INPUT/INIT')
})

test('a fatal fault says what, where and what to do', () => {
  const message = 'The header line lacks the column "Document Date". Add what is missing.'
  const fatal = { code: 'header.missing_column', message, row: 0, column: 'Document Date' }
  const text = plainText(transferReport(facts({ outcome: { rows: 0, accepted: 0, rejected: 0, warnings: 0, notices: 0, fatal } })).body)
  expect(text).toContain(`Nothing of it was imported:\n  ${message} (header.missing_column)\n`)
  expect(text).toContain('drop it into the inbound folder again')
})

test('a test file is said to have left nothing', () => {
  expect(plainText(transferReport(facts({ mode: 'test' })).body)).toContain('nothing was kept')
})

test('a file that was set aside names the reason and a reference', () => {
  const lastFault = { kind: 'bug', code: 'transfer.bug', message: 'Something unexpected happened on our side.' }
  const text = plainText(transferQuarantined(facts({ state: 'quarantined', lastFault })).body)
  expect(text).toContain('(transfer.bug)')
  expect(text).toContain('Reference: t-1')
})

test('words of a customer stay on their line and make no links', () => {
  const hostile = 'a\r\nBcc: x@example.com \u202egpj https://evil.example www.evil.example'
  const { subject, body } = transferReport(facts({ fileName: hostile }))
  expect(subject).not.toMatch(/[\r\n\u202e]/)
  expect(plainText(body)).not.toMatch(/https:\/\/|www\.|\u202e|\r/)
})
