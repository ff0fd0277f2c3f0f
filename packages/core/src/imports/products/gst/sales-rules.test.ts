import { describe, expect, test } from 'vitest'
import type { Cells } from '../../importer.conformance.ts'
import { codesOf, issuesOf, rulesHold } from './register-rules.conformance.ts'
import { inter, intra, salesCases } from './sales-rules.fixture.ts'
import { salesDocumentRules, salesLineRules } from './sales-rules.ts'
import { uploadSales } from './upload-sales.ts'

const found = codesOf.bind(undefined, uploadSales)

rulesHold({ action: uploadSales, cases: salesCases, rules: [...salesDocumentRules, ...salesLineRules], report: 'sales-rules.report.csv' })

test('check characters do not count in the sandbox, whose registrations have wrong ones', () => {
  expect(found({ ...intra, 'Supplier GSTIN': '27AAPFU0939F1ZW' }, { environment: 'sandbox' })).toEqual([])
})

test('a wrong cell breaks no further rule', () => {
  expect(found({ ...intra, 'Supplier GSTIN': 'X' })).toEqual(['error supplier_gstin.malformed'])
  expect(found({ ...intra, 'Place of Supply': 'X' })).toEqual(['error place_of_supply.unknown'])
  expect(found({ ...intra, 'Item Taxable Amount': 'X' })).toEqual(['error amount.unreadable'])
  expect(found({ ...intra, 'CGST Amount': 'X' })).toEqual(['error amount.unreadable'])
})

test('of a cancelled or deleted document nothing is reckoned', () => {
  const mistakes: Cells[] = [{ 'IGST Amount': '1' }, { 'Document Total Amount': '0' }]
  for (const changes of mistakes) {
    const wrong = { ...inter, ...changes }
    expect(found(wrong)).toHaveLength(1)
    for (const flag of ['Is this Document Cancelled', 'Is this Document Deleted']) expect(found({ ...wrong, [flag]: 'Y' })).toEqual([])
  }
})

describe('the setting taxTolerance', () => {
  const settings = { taxTolerance: 5 }

  test('makes warnings of differences up to it', () => {
    const off = { ...inter, 'IGST Amount': '185', 'Document Total Amount': '1190' }
    expect(found(off, { settings })).toEqual(['warning tax.rounded', 'warning document_total_amount.rounded'])
    expect(found({ ...off, 'IGST Amount': '185.01' }, { settings })[0]).toBe('error tax.miscalculated')
    expect(found({ ...off, 'Document Total Amount': '1190.01' }, { settings })[1]).toBe('error document_total_amount.differs_from_lines')
  })

  test.each([0.5, -1, Number.NaN, '5', null, undefined])('is one rupee where it says %s', (taxTolerance) => {
    expect(found({ ...inter, 'IGST Amount': '181.01' }, { settings: { taxTolerance } })).toEqual(['error tax.miscalculated'])
    expect(issuesOf(uploadSales, { ...inter, 'IGST Amount': '181' }, { settings: { taxTolerance } })).toEqual([])
  })
})
