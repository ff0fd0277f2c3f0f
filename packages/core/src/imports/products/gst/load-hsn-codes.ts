import type { Database } from '@drayage/db/connect'
import { type HsnCode, replaceHsnCodes } from '@drayage/db/queries/hsn-codes'
import { fatal, rowName } from '../../fatal.ts'
import { readHeader } from '../../header.ts'
import type { Column } from '../../importer.ts'
import { isBlank } from '../../read-csv.ts'
import { readRecords } from '../../read-records.ts'

const columns: readonly Column[] = [
  {
    header: 'Code',
    aliases: ['HSN', 'HSN Code', 'HSN_CD', 'HSN/SAC', 'HSN or SAC code', 'SAC', 'SAC Code'],
    required: true,
    help: '2 to 8 digits',
  },
  { header: 'Description', aliases: ['HSN Description', 'HSN_Description', 'SAC Description', 'Name'], help: 'What it stands for' },
]
const csv = { delimiter: ',', quote: '"' }

/**
 * Puts the codes of a file, CSV or XLSX, in place of the list before: from then on registers are checked against them.
 * Faults: those of `readRecords` and `readHeader`, and `hsn_codes.malformed` for a code that is none; then nothing changes.
 */
export async function loadHsnCodes(db: Database, file: AsyncIterable<Buffer>): Promise<{ before: number; now: number }> {
  return db.inWorkspace([], ({ client }) => replaceHsnCodes(client, codesOf(file)))
}

async function* codesOf(file: AsyncIterable<Buffer>): AsyncGenerator<HsnCode[], void, void> {
  let positions: readonly number[] = []
  for await (const { first, records } of readRecords(file, { csv })) {
    if (first === 0) ({ positions } = readHeader(records[0] ?? [], { columns, csv }))
    const [codeAt = -1, descriptionAt = -1] = positions
    yield records.flatMap((record, index) => {
      const row = first + index
      if (row === 0 || isBlank(record)) return []
      const code = record[codeAt]?.trim() ?? ''
      if (!/^\d{2,8}$/.test(code)) {
        throw fatal(
          'hsn_codes.malformed',
          `${rowName(row)}: "${code}" is no HSN or SAC code, which has 2 to 8 digits. Nothing was changed.`,
          { row },
        )
      }
      return [{ code, description: record[descriptionAt]?.trim() ?? '' }]
    })
  }
}
