import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { sampleRegister } from '@drayage/core/imports/products/gst/sample-register'
import type { LedgerLine } from '@drayage/db/queries/ledger'
import { listOutputs } from '@drayage/db/queries/transfer-outputs'
import { findTransfer } from '@drayage/db/queries/transfers'
import { logInAsCustomer } from './customer.ts'
import { describeStep, followTransfers } from './follow-transfers.ts'
import type { ReceivedMail } from './practice-mailbox.ts'
import type { Standalone } from './standalone.ts'
import { clock, say, terminalLog } from './terminal.ts'

export type Story = {
  summary: {
    fileName: string
    rows: number
    accepted: number
    rejected: number
    warnings: number
    outputs: { kind: string; path: string; lines: number }[]
    /** From the drop to the end of the file's life. */
    seconds: number
  }
  /** What is not as it must be. */
  faults: string[]
}

const fileName = 'sales-register.csv'

/** Drops a register of which some rows are bad, as the customer would, and tells what becomes of it. */
export async function tellStory(
  standalone: Standalone,
  options: { rows: number; mails: readonly ReceivedMail[]; signal: AbortSignal },
): Promise<Story> {
  const { practice, db } = standalone
  const { workspaceId } = practice
  const { mails, signal } = options
  const steps: LedgerLine[] = []
  const following = followTransfers({
    db,
    workspaceId,
    since: new Date(),
    everyMs: 50,
    log: terminalLog,
    onStep: (step) => {
      steps.push(step)
      say(`${clock()}  ${step.fileName}: ${step.state.padEnd(9)} ${describeStep(step)}`)
    },
  })
  try {
    using customer = await logInAsCustomer(practice)
    const { chunks, tally } = sampleRegister({ rows: options.rows, badShare: 0.05, warningShare: 0.05 })
    await customer.drop(`${practice.inbox}/${fileName}`, Readable.from(chunks))
    const dropped = performance.now()
    say(`${clock()}  the customer drops ${fileName} (${tally.rows} rows) into ${practice.inbox}`)

    const last = await until(() => steps.find((step) => ends.includes(step.state)), signal)
    const seconds = Math.round((performance.now() - dropped) / 10) / 100
    const report = (mail: ReceivedMail) => mail.subject.includes(fileName)
    if (last.state === 'archived') await until(() => mails.find(report), signal)

    const key = { workspaceId, id: last.transferId }
    const { outcome, planned } = await db.inWorkspace(workspaceId, async (transaction) => ({
      outcome: (await findTransfer(transaction, key))?.outcome ?? { rows: 0, accepted: 0, rejected: 0, warnings: 0 },
      planned: await listOutputs(transaction, key),
    }))
    const outputs = await Promise.all(planned.map(async ({ kind, path }) => ({ kind, path, lines: linesOf(await customer.get(path)) })))
    for (const output of outputs) say(`${clock()}  the customer reads ${output.path} (${output.lines} lines)`)
    const { rows, accepted, rejected, warnings } = outcome
    const faults = [
      last.state === 'archived' ? [] : `the file ended ${last.state}`,
      rows === tally.rows ? [] : `${rows} rows were counted, ${tally.rows} dropped`,
      rejected === tally.rejected ? [] : `${rejected} rows were rejected, ${tally.rejected} are bad`,
      warnings === tally.warnings ? [] : `${warnings} warnings were given, ${tally.warnings} are due`,
      accepted + rejected === rows ? [] : 'accepted and rejected rows are not all rows',
      outputs.find((output) => output.kind === 'upload_error')?.lines === rejected + 1
        ? []
        : 'the error file does not hold the rejected rows',
      outputs.find((output) => output.kind === 'success') ? [] : 'there is no success file',
      mails.some(report) ? [] : 'no mail reports the file',
    ].flat()
    return { summary: { fileName, rows, accepted, rejected, warnings, outputs, seconds }, faults }
  } finally {
    await following.stop()
  }
}

const ends: readonly string[] = ['archived', 'quarantined', 'cancelled', 'vanished']

async function until<Found>(look: () => Found | undefined, signal: AbortSignal): Promise<Found> {
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    await pause(20, undefined, { signal })
  }
}

function linesOf(bytes: Buffer): number {
  return bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '').length
}
