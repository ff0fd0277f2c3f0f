import type { Client } from '@drayage/db/connect'
import type { NewReturn } from '@drayage/db/queries/gstr1-returns'
import type { Severity } from '@drayage/db/vocabulary'
import { idSeries } from '../../../../id.ts'
import { text } from '../../../cells.ts'
import type { Column, ImportFile, OutputFile, RowJudge } from '../../../importer.ts'
import { cellsReader, issueMaker } from '../../../read-cells.ts'
import { amount, flag, gstin, month } from '../cells.ts'
import { lastOfMonth } from '../dates.ts'
import { readSettings } from '../settings.ts'
import { type Lacking, makeReturn } from './make-return.ts'
import { beginning } from './section-cells.ts'
import { periodName } from './section-name.ts'

const requested = [
  { header: 'GSTIN', kind: gstin, required: true, help: 'Whose return it is' },
  { header: 'Return Period', aliases: ['Period'], kind: month, required: true, help: 'MMYYYY, such as 062025' },
  { header: 'Quarterly Filer', kind: flag, help: 'Y if you file by quarters, else N' },
  { header: 'Gross Turnover', aliases: ['gt'], kind: amount, help: 'Rupees of the financial year before' },
  { header: 'Current Gross Turnover', aliases: ['cur_gt'], kind: amount, help: 'Rupees of this financial year so far' },
  { header: 'Remarks', kind: text(200), help: 'Your own words, kept with the return' },
].map((column) => ({ ...column, field: column.header.toLowerCase().replaceAll(' ', '_') }))

/** What asks for returns: a row each. */
export const returnColumns: readonly Column[] = requested

/** Returns that one file may ask for: each is made while the file is imported. */
export const mostReturns = 500

/** Quarterly filers tell of invoices monthly since then. */
const iffSince = '2021-01-01'

const staging = requested.map(({ field, kind }) => ({ name: field, type: kind.type }))

/** Judges what asks for returns, and makes them. A return of nothing is one as well. */
export function judgeReturns(file: ImportFile): RowJudge {
  const checkDigits = file.environment === 'production'
  const columns = requested.map(({ header, field, help, kind, required }, index) => ({
    ...{ header, field, help, needed: required, position: file.positions[index] ?? -1 },
    read: kind.reader(field, { checkDigits }),
  }))
  const read = cellsReader(columns)
  const issue = issueMaker(columns)
  let returns = 0
  return {
    staging,
    shortest: Math.max(...columns.flatMap(({ needed, position }) => (needed ? [position + 1] : []))),
    row: (row, report) => {
      const cells = read(row, report).map((cell) => cell ?? '')
      const [, period = '', isQuarterly] = cells
      const rule = period === '' ? undefined : ruleOf(period, { isQuarterly: isQuarterly === 't', today: file.today })
      if (rule !== undefined) report(issue({ ...rule, field: 'return_period' }, row, rule.message))
      if (++returns > mostReturns) {
        const message = `A file may ask for ${mostReturns} returns; ask for the others in another one.`
        report({ row: row.number, severity: 'error', code: 'return.too_many', message })
      }
      return cells.join('\t')
    },
    stray: () => '\t'.repeat(staging.length - 1),
    crossCheck: findAskedTwice,
    load: (client) => makeReturns(client, file),
  }
}

type Broken = { code: string; severity: Severity; message: string }

function ruleOf(period: string, { isQuarterly, today }: { isQuarterly: boolean; today: string }): Broken | undefined {
  if (period < beginning) {
    return { code: 'return_period.before_gst', severity: 'error', message: 'is before 07-2017, when the tax began; correct it.' }
  }
  if (isQuarterly && !endsQuarter(period) && period < iffSince) {
    const message =
      'ends no quarter, and before 01-2021 quarterly filers told nothing of single months; write the last month of the quarter.'
    return { code: 'return_period.not_quarterly', severity: 'error', message }
  }
  if (lastOfMonth(period) < today) return undefined
  return { code: 'return_period.not_over', severity: 'warning', message: 'is not over, so more may come; ask again when it is.' }
}

function endsQuarter(period: string): boolean {
  return Number(period.slice(5, 7)) % 3 === 0
}

async function findAskedTwice(client: Client): Promise<void> {
  await client.query(
    `insert into staged_issues (row_number, severity, code, message)
     select row_number, 'warning', 'return.asked_twice', 'Row ' || first_row || ' asks for the same return, which is made once.'
     from (select row_number, first_value(row_number) over (partition by gstin, return_period order by row_number) as first_row from staged_rows) asked
     where first_row < row_number order by row_number`,
  )
}

async function makeReturns(client: Client, { workspaceId, transferId, settings }: ImportFile): Promise<OutputFile[]> {
  const { rows } = await client.query<Pick<NewReturn, 'gstin' | 'period' | 'grossTurnover' | 'currentGrossTurnover' | 'remarks'> & Asked>(
    `select * from (
       select distinct on (gstin, return_period) row_number as row, gstin, return_period::text as period, quarterly_filer is true as "isQuarterly",
              gross_turnover::text as "grossTurnover", current_gross_turnover::text as "currentGrossTurnover", remarks
       from staged_rows order by gstin, return_period, row_number
     ) asked order by row`,
  )
  const ids = idSeries(transferId)
  const { sezUnits } = readSettings(settings)
  const files: OutputFile[] = []
  for (const [index, { row, isQuarterly, ...asked }] of rows.entries()) {
    const { gstin, period } = asked
    const part = index + 1
    const form = isQuarterly ? (endsQuarter(period) ? 'quarterly' : 'iff') : 'monthly'
    const made = { ...asked, workspaceId, id: ids.next(), transferId, part, form, isSezUnit: sezUnits.has(gstin) } as const
    for (const { code, message } of warningsOf(await makeReturn(client, made))) {
      await client.query(`insert into staged_issues (row_number, severity, code, message) values ($1, 'warning', $2, $3)`, [
        row,
        code,
        message,
      ])
    }
    const stem = `${gstin}_${periodName(period)}_GSTR1`
    files.push({ kind: 'success', part, stem }, { kind: 'summary', part, stem })
  }
  return files
}

type Asked = { row: number; isQuarterly: boolean }

function warningsOf({ linesWithoutHsn, sections }: Lacking): { code: string; message: string }[] {
  const warnings: { code: string; message: string }[] = []
  if (linesWithoutHsn > 0) {
    const message = `The return lacks ${linesWithoutHsn} lines of the sales register in its summary by HSN, because they have no HSN or SAC code. Send their documents again with it.`
    warnings.push({ code: 'return.lines_without_hsn', message })
  }
  if (sections.length > 0) {
    const message = `The return lacks the section files of ${sections.join(', ')}, for which months of a quarterly filer have no place. Send them for the last month of the quarter.`
    warnings.push({ code: 'return.sections_of_quarter', message })
  }
  return warnings
}
