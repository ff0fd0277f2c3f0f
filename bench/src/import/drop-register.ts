import { link } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { type LedgerLine, listLedgerSince } from '@drayage/db/queries/ledger'
import { listOutputs } from '@drayage/db/queries/transfer-outputs'
import { findTransfer } from '@drayage/db/queries/transfers'
import type { Readings } from '../bench.ts'
import type { Register } from './registers.ts'
import type { Site } from './site.ts'

const ends: readonly string[] = ['archived', 'quarantined', 'vanished', 'cancelled']
/** Where registers are dropped, and where to see what becomes of them. */
export type Inbox = Pick<Site, 'db' | 'workspaceId' | 'inbox' | 'throwIfCrashed'>

let dropped = 0

/**
 * Drops a register into the inbox, whole at once, and follows it to its end. `seconds` is from when the file was due,
 * that is seen and ready, to when it was archived with its results delivered; the other seconds are those of its steps.
 */
export async function dropRegister(site: Inbox, register: Register, signal: AbortSignal): Promise<Readings> {
  const fileName = `register-${++dropped}.csv`
  const since = new Date()
  await link(register.path, `${site.inbox}/${fileName}`)
  const steps = await untilEnd(site, { fileName, since, signal })
  await checkOutcome(site, { transferId: steps[0]?.transferId ?? '', register })

  const at = (state: string) => (steps.find((step) => step.state === state)?.at.getTime() ?? Number.NaN) / 1000
  const seconds = at('archived') - at('seen')
  return {
    seconds,
    'rows/s': register.rows / seconds,
    'from drop': at('archived') - since.getTime() / 1000,
    claim: at('claimed') - at('seen'),
    fetch: at('fetched') - at('claimed'),
    import: at('imported') - at('fetched'),
    report: at('reported') - at('imported'),
    deliver: at('delivered') - at('reported'),
    archive: at('archived') - at('delivered'),
  }
}

async function untilEnd(site: Inbox, file: { fileName: string; since: Date; signal: AbortSignal }): Promise<LedgerLine[]> {
  const { workspaceId } = site
  for (;;) {
    site.throwIfCrashed()
    const lines = await site.db.inWorkspace(workspaceId, (transaction) => listLedgerSince(transaction, { workspaceId, since: file.since }))
    const steps = lines.filter((line) => line.fileName === file.fileName)
    const last = steps.at(-1)
    if (last !== undefined && ends.includes(last.state)) {
      if (last.state !== 'archived') throw new Error(`${file.fileName} ended ${last.state}: ${JSON.stringify(last.details)}`)
      return steps
    }
    await pause(100, undefined, { signal: file.signal })
  }
}

/** A fast import of the wrong rows is worth nothing. */
async function checkOutcome(site: Inbox, { transferId: id, register }: { transferId: string; register: Register }): Promise<void> {
  const { workspaceId } = site
  const key = { workspaceId, id }
  const { outcome, outputs } = await site.db.inWorkspace(workspaceId, async (transaction) => ({
    outcome: (await findTransfer(transaction, key))?.outcome,
    outputs: await listOutputs(transaction, key),
  }))
  if (outcome?.rows !== register.rows || outcome.rejected !== register.rejected) {
    throw new Error(`${register.rows} rows, ${register.rejected} to be rejected, came out as ${JSON.stringify(outcome)}`)
  }
  if (outputs.some((output) => output.deliveredAt === null)) throw new Error('a result was not delivered')
}
