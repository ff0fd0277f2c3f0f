import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { TransferOutcome } from '@drayage/db/schema/transfers'
import { issuesShown, type LetterFacts, type TransferFacts } from './letter-facts.ts'
import { count, type Paragraphs, paragraphs, quoted } from './plain-text.ts'

/** Whether the client's people want to hear of a file when its import begins: those do who hear of every file. */
export function isBeginWanted({ mailPolicy }: Pick<FtpClientRow, 'mailPolicy'>): boolean {
  return mailPolicy === 'always'
}

/** Whether they want to hear what became of it: with the policy `problems`, when they have to act. */
export function isReportWanted({ mailPolicy }: Pick<FtpClientRow, 'mailPolicy'>, outcome: TransferOutcome | null): boolean {
  return mailPolicy !== 'problems' || outcome === null || outcome.fatal !== undefined || outcome.rejected > 0
}

/** A file was taken, and its import begins. */
export function transferBegun(facts: LetterFacts): { subject: string; body: Paragraphs } {
  const { row } = transferOf(facts)
  const name = quoted(row.fileName)
  return {
    subject: `${name}: import begun`,
    body: paragraphs(
      `The file ${name} was taken from ${quoted(row.inbox ?? 'the inbound folder', { max: 500 })}, and its import begins now.`,
      row.mode === 'test' ? 'It came through the test folder: everything is checked, and nothing will be kept.' : undefined,
      'Another mail tells what came of it. Until then nothing has changed.',
    ),
  }
}

/** What became of a file. */
export function transferReport(facts: LetterFacts): { subject: string; body: Paragraphs } {
  const transfer = transferOf(facts)
  const { row } = transfer
  const outcome = outcomeOf(transfer)
  const name = quoted(row.fileName)
  const { fatal, alreadyImported } = outcome
  const testMode = row.mode === 'test' ? 'It came through the test folder: everything was checked, and nothing was kept.' : undefined
  return {
    subject: `${name}: ${result(outcome)}`,
    body: paragraphs(
      `The file ${name} has been processed: ${result(outcome)}.`,
      testMode,
      fatal && fatalLines(fatal),
      alreadyImported && [
        'The same content was imported before, so nothing was done.',
        'If it is to be imported again, change the FTP client’s duplicate policy to "process", or replay the earlier file.',
      ],
      fatal === undefined && alreadyImported === undefined ? counts(outcome) : undefined,
      issueLines(transfer, outcome),
      outputLines(transfer),
      nextStep(transfer, outcome),
    ),
  }
}

/** A file that could not be carried to its end. */
export function transferQuarantined(facts: LetterFacts): { subject: string; body: Paragraphs } {
  const { row } = transferOf(facts)
  const name = quoted(row.fileName)
  return {
    subject: `${name}: set aside, please look at it`,
    body: paragraphs(
      `The file ${name} could not be processed and was set aside, so that it does not hold up other files.`,
      row.lastFault === null ? undefined : ['What happened:', `  ${quoted(row.lastFault.message, { max: 500 })} (${row.lastFault.code})`],
      [
        'What to do next:',
        '  Correct the file, or write it again under another name, and drop it into the inbound folder.',
        '  If it happens again, tell us the reference below.',
      ],
      `Reference: ${row.id}`,
    ),
  }
}

function transferOf(facts: LetterFacts): TransferFacts {
  if (facts.transfer === undefined) throw new Error('a letter about a transfer names one')
  return facts.transfer
}

function outcomeOf(transfer: TransferFacts): TransferOutcome {
  if (transfer.row.outcome === null) throw new Error(`transfer ${transfer.row.id} has no outcome to report`)
  return transfer.row.outcome
}

function result(outcome: TransferOutcome): string {
  if (outcome.fatal !== undefined) return 'not imported'
  if (outcome.alreadyImported !== undefined) return 'imported before, nothing done'
  if (outcome.rejected > 0) return `${outcome.rejected.toLocaleString('en')} of ${count(outcome.rows, 'row')} rejected`
  return `${count(outcome.accepted, 'row')} imported`
}

function fatalLines(fatal: NonNullable<TransferOutcome['fatal']>): string[] {
  return ['Nothing of it was imported:', `  ${quoted(fatal.message, { max: 500 })} (${fatal.code})`]
}

function counts(outcome: TransferOutcome): string[] {
  const { rows, accepted, rejected, warnings, notices } = outcome
  const lines: [string, number][] = [
    ['Rows', rows],
    ['Imported', accepted],
    ['Rejected', rejected],
    ['Warnings', warnings],
    ['Notices', notices],
  ]
  return lines
    .filter(([name, number]) => number > 0 || name === 'Rows')
    .map(([name, number]) => `  ${name.padEnd(10)}${number.toLocaleString('en')}`)
}

function issueLines({ issues }: TransferFacts, outcome: TransferOutcome): string[] {
  if (issues.length === 0) return []
  const heading =
    issues.length < issuesShown ? 'What was found:' : `What was found, the first ${issuesShown}; the result files hold all of it:`
  const fatal = outcome.fatal?.code
  const lines = issues
    .filter((issue) => issue.code !== fatal)
    .map(({ severity, message }) => `  ${severity === 'error' ? '' : `${severity}: `}${quoted(message, { max: 500 })}`)
  return lines.length === 0 ? [] : [heading, ...lines]
}

function outputLines({ outputs }: TransferFacts): string[] {
  const written = outputs.filter((output) => output.fileId !== null)
  return written.length === 0 ? [] : ['Result files:', ...written.map((output) => `  ${quoted(output.path, { max: 1500 })}`)]
}

function nextStep({ row, outputs }: TransferFacts, outcome: TransferOutcome): string[] {
  const errors = outputs.find((output) => output.kind === 'upload_error')
  if (outcome.fatal?.code === 'product.not_licensed')
    return ['What to do next:', '  Have the licence renewed, then replay the file: we have kept it.']
  if (outcome.fatal !== undefined) return ['What to do next:', '  Correct the file and drop it into the inbound folder again.']
  if (outcome.rejected === 0) return []
  if (errors === undefined) return ['What to do next:', '  Correct the rejected rows, and drop the whole file again.']
  return [
    'What to do next:',
    `  Open ${quoted(errors.path, { max: 1500 })}: it holds the rejected rows, each with what is wrong with it.`,
    `  Correct them there and drop that file into ${quoted(row.inbox ?? 'the inbound folder', { max: 500 })}; its Error and Warning columns are ignored.`,
  ]
}
