import type { Transaction } from '@drayage/db/connect'
import type { Reached } from './moments.ts'

/** Names what a transaction is about to commit, and tells when rows are being copied into it. */
export type CommitWatcher = {
  /** `claimed` for a transfer that moved, `delivery 2`, `letter 1`; undefined for one that changed nothing worth a name. */
  nameOf(transaction: Transaction): Promise<string | undefined>
  watchCopies<T>(transaction: Transaction, work: (transaction: Transaction) => Promise<T>): Promise<T>
}

export function commitWatcher({ reached, numbered }: { reached: Reached; numbered(what: string): string }): CommitWatcher {
  const leased = new Set<string>()
  return {
    nameOf: async ({ client }) => {
      const changed = await changedTables(client)
      if (changed.has('transfer_ledger')) {
        const newest = await client.query<{ state: string }>('select state from transfer_ledger order by at desc, ordinal desc limit 1')
        return newest.rows[0]?.state
      }
      if (changed.has('outbox')) return numbered('letter')
      if (changed.has('transfer_outputs')) return numbered('delivery')
      if (changed.has('file_chunks')) return numbered('chunk')
      if (changed.has('files')) return numbered('file')
      if (changed.has('export_files')) return numbered('export')
      // A lease is renewed by the clock as well; only taking it comes at a certain moment.
      const held = ['transfers', 'export_schedule'].find((name) => changed.has(name))
      if (held === undefined || leased.has(held)) return undefined
      leased.add(held)
      return held === 'transfers' ? 'lease' : 'lease of exports'
    },
    watchCopies: async (transaction, work) => {
      const { client } = transaction
      const query = client.query
      const telling = (...args: unknown[]) => {
        const stream = Reflect.apply(query, client, args)
        if (isWritable(stream)) tellFirstWrite(stream, () => reached(`midway ${numbered('copy')}`))
        return stream
      }
      client.query = telling as typeof query
      try {
        return await work(transaction)
      } finally {
        client.query = query
      }
    },
  }
}

const tables = ['transfer_ledger', 'outbox', 'transfer_outputs', 'files', 'file_chunks', 'transfers', 'export_files', 'export_schedule']

/** The tables that hold rows of this very transaction. */
async function changedTables(client: Transaction['client']): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    tables
      .map((name) => `select '${name}' as name where exists (select from ${name} where xmin = pg_current_xact_id_if_assigned()::xid)`)
      .join(' union all '),
  )
  return new Set(rows.map(({ name }) => name))
}

type Write = { write(...args: unknown[]): boolean }

function isWritable(stream: unknown): stream is Write {
  return typeof stream === 'object' && stream !== null && 'write' in stream && typeof stream.write === 'function'
}

function tellFirstWrite(stream: Write, tell: () => void): void {
  const write = stream.write
  stream.write = (...args) => {
    stream.write = write
    const room = Reflect.apply(write, stream, args)
    tell()
    return room
  }
}
