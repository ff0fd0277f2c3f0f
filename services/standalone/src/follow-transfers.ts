import type { Log } from '@drayage/core/context'
import type { Database } from '@drayage/db/connect'
import { type LedgerLine, listLedgerSince } from '@drayage/db/queries/ledger'
import { every, type Repeated } from '@drayage/worker/every'

/** Lines of transactions that began earlier may become visible later than younger ones. */
const overlapMs = 10_000

/** Tells each step of each file's life in a workspace, once, soon after it was recorded. */
export function followTransfers(options: {
  db: Database
  workspaceId: string
  since: Date
  everyMs: number
  log: Log
  onStep(step: LedgerLine): void
}): Repeated {
  const { db, workspaceId, onStep } = options
  const told = new Map<string, Date>()
  let since = options.since
  return every(options.everyMs, { name: 'follow transfers', log: options.log, work: look })

  async function look(): Promise<void> {
    const lines = await db.inWorkspace(workspaceId, (transaction) => listLedgerSince(transaction, { workspaceId, since }))
    for (const line of lines) {
      const key = `${line.transferId} ${line.ordinal}`
      if (told.has(key)) continue
      told.set(key, line.at)
      onStep(line)
    }
    const newest = lines.at(-1)?.at.getTime() ?? 0
    since = new Date(Math.max(since.getTime(), newest - overlapMs))
    for (const [key, at] of told) if (at < since) told.delete(key)
  }
}

/** A step in words. */
export function describeStep({ state, details }: LedgerLine): string {
  const text = (name: string) => String(details[name] ?? '')
  const count = (name: string) => Number(details[name] ?? 0).toLocaleString('en')
  const rows = () => `${count('rows')} rows, ${count('accepted')} accepted, ${count('rejected')} rejected`
  const words: Partial<Record<LedgerLine['state'], () => string>> = {
    seen: () => `${count('size')} bytes in the inbox; waiting until it is quiet`,
    claiming: () => 'taking it out of the inbox',
    claimed: () => `now ${text('path')}`,
    fetched: () => `${count('size')} bytes stored, SHA-256 ${text('sha256').slice(0, 12)}…`,
    imported: rows,
    rejected: rows,
    reported: () => 'result files written',
    delivered: () => `${[details.outputs ?? []].flat().length} result files on the server, the report on its way`,
    archived: () => `original now ${text('path')}`,
    quarantined: () => `set aside: ${text('message')}`,
  }
  return words[state]?.() ?? ''
}
