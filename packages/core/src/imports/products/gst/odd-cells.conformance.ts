import type { TestDatabase } from '@drayage/db/testing'
import fc from 'fast-check'
import { expect } from 'vitest'
import { importDesk } from '../../../testing/import-desk.ts'
import type { Cells } from '../../importer.conformance.ts'
import type { Action } from '../../importer.ts'
import { csvWriter } from '../../write-csv.ts'
import { gst } from './product.ts'

const odd = fc.oneof(
  fc.constantFrom(
    '0',
    '-1',
    '1e400',
    '9'.repeat(20),
    '9999999999999.995',
    '9999999999999.99',
    'NaN',
    'Infinity',
    '1000%',
    '999.9995',
    '-5%',
  ),
  fc.constantFrom('01-01-0000', '31-12-9999', '0000-00-00', '29-02-2024', '00-2025', '12-0000', '01-07-2017'),
  fc.constantFrom('\\.', '\\N', '\\', '\t', '\r\n', "'", '"', '\u202e', '😀', 'x'.repeat(5000), '2717USA12345UN1', 'a\\Tb', 'A\tB', 'ẞİ'),
  fc.constantFrom('', 'NRP', 'GOODS', 'SERVICE_FROM_SEZ', 'INELIGIBLE', 'EXPORT_UNDER_BOND', 'CREDIT', 'Y', '27', '96'),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '').replaceAll('\ufffd', '')),
)

/**
 * Lines with some cells that are odd are accepted or rejected, one and all, and what comes back in the error file is
 * rejected again.
 */
export async function takesOddCells({ database, action, line }: { database: TestDatabase; action: Action; line: Cells }): Promise<void> {
  const desk = await importDesk(database, { product: gst, action: action.key })
  const headers = action.columns.map((column) => column.header)
  const write = csvWriter({ delimiter: ',', quote: '"' })
  const row = fc.dictionary(fc.constantFrom(...headers), odd, { maxKeys: 6 })
  const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (changes) => {
    const lines = changes.map((cells, index): Cells => ({ ...line, 'Document Number': String(index + 1), ...cells }))
    const register = [headers, ...lines.map((each) => headers.map((header) => each[header] ?? ''))].map(write).join('')
    const { outcome, outputs } = await desk.take(register)
    expect(outcome.rows === lines.length || outcome.fatal !== undefined).toBe(true)
    expect(outcome.accepted + outcome.rejected).toBe(outcome.rows)
    if (outcome.rejected > 0)
      expect((await desk.take(outputs.upload_error ?? '')).outcome).toMatchObject({ rows: outcome.rejected, accepted: 0 })
  })
  await fc.assert(property, { numRuns: 60 })
}
