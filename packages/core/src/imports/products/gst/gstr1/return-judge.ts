import type { Client } from '@drayage/db/connect'
import { copyText } from '@drayage/db/queries/copy-rows'
import { idSeries } from '../../../../id.ts'
import { type ReadCell, type Say, text } from '../../../cells.ts'
import type { Column, ImportFile, OutputFile, RowJudge } from '../../../importer.ts'
import { gstin, month } from '../cells.ts'
import { lastOfMonth } from '../dates.ts'
import { makeReturn } from './make-return.ts'
import { beginning } from './section-cells.ts'
import { periodName } from './section-name.ts'

/** What asks for returns: a row each. */
export const returnColumns: readonly Column[] = [
  { header: 'GSTIN', required: true, help: 'Whose return it is' },
  { header: 'Return Period', aliases: ['Period'], required: true, help: 'MMYYYY, such as 062025' },
  { header: 'Remarks', help: 'Your own words, kept with the return' },
]

/** Returns that one file may ask for: each is made while the file is imported. */
export const mostReturns = 500

const staging = [
  { name: 'gstin', type: 'text' },
  { name: 'period', type: 'date' },
  { name: 'remarks', type: 'text' },
]

/** Judges what asks for returns, and makes them. A return of nothing is one as well. */
export function judgeReturns(file: ImportFile): RowJudge {
  const nouns = ['gstin', 'return_period', 'remarks']
  const readers: ReadCell[] = [gstin, month, text(200)].map((kind, index) =>
    kind.reader(nouns[index] ?? '', { checkDigits: file.environment === 'production' }),
  )
  let returns = 0
  return {
    staging,
    shortest: Math.max(...returnColumns.flatMap(({ required }, index) => (required ? [(file.positions[index] ?? 0) + 1] : []))),
    row: (row, report) => {
      const cells = returnColumns.map(({ header, required, help }, index) => {
        const value = row.cells[file.positions[index] ?? -1] ?? ''
        const say: Say = (severity, code, message) => void report({ row: row.number, column: header, severity, code, message, value })
        const cell = value.trim() === '' ? '' : readers[index]?.(value, say)
        if (cell === '' && required) return say('error', `${nouns[index]}.missing`, `is empty. Write it: ${help}.`)
        const fault = index === 1 && cell !== undefined ? faultOf(cell, file) : undefined
        if (fault === undefined) return cell
        say(...fault)
        return fault[0] === 'error' ? undefined : cell
      })
      if (++returns > mostReturns) {
        const message = `A file may ask for ${mostReturns} returns; ask for the others in another one.`
        report({ row: row.number, severity: 'error', code: 'return.too_many', message })
      }
      return cells.map((cell) => cell ?? '').join('\t')
    },
    stray: () => '\t\t',
    crossCheck: findAskedTwice,
    load: (client) => makeReturns(client, file),
  }
}

function faultOf(period: string, { today }: ImportFile): Parameters<Say> | undefined {
  if (period < beginning) return ['error', 'return_period.before_gst', 'is before 07-2017, when the tax began; correct it.']
  if (lastOfMonth(period) < today) return undefined
  return ['warning', 'return_period.not_over', 'is not over, so more may come; ask again when it is.']
}

async function findAskedTwice(client: Client): Promise<void> {
  await client.query(
    `insert into staged_issues (row_number, severity, code, message)
     select row_number, 'warning', 'return.asked_twice', 'Row ' || first_row || ' asks for the same return, which is made once.'
     from (select row_number, first_value(row_number) over (partition by gstin, period order by row_number) as first_row from staged_rows) asked
     where first_row < row_number order by row_number`,
  )
}

async function makeReturns(client: Client, { workspaceId, transferId }: ImportFile): Promise<OutputFile[]> {
  const { rows } = await client.query<{ row: number; gstin: string; period: string; remarks: string | null }>(
    `select * from (
       select distinct on (gstin, period) row_number as row, gstin, period::text as period, remarks from staged_rows order by gstin, period, row_number
     ) asked order by row`,
  )
  const ids = idSeries(transferId)
  const files: OutputFile[] = []
  for (const [index, { row, gstin, period, remarks }] of rows.entries()) {
    const part = index + 1
    const lines = await makeReturn(client, { workspaceId, id: ids.next(), transferId, part, gstin, period, remarks })
    if (lines > 0) {
      const message = `The return lacks ${lines} lines of the sales register in its summary by HSN, because they have no HSN or SAC code. Send their documents again with it.`
      await client.query(
        `insert into staged_issues (row_number, severity, code, message) values ($1, 'warning', 'return.lines_without_hsn', $2)`,
        [row, copyText(message)],
      )
    }
    const stem = `${gstin}_${periodName(period)}_GSTR1`
    files.push({ kind: 'success', part, stem }, { kind: 'summary', part, stem })
  }
  return files
}
