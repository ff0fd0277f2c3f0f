import type { Database } from '@drayage/db/connect'
import { findRatebook } from '@drayage/db/queries/ratebooks'
import { findTransfer } from '@drayage/db/queries/transfers'
import type { Output, OutputOf } from '../../importer.ts'

/** What came of a file, for machines: its counts, and the book that it became. */
export const summary: Output = { kind: 'summary', extension: '.summary.json', text: summaryText }

async function* summaryText(db: Database, { workspaceId, transferId, fileName, outcome }: OutputOf): AsyncGenerator<string, void, void> {
  const found = await db.inWorkspace(workspaceId, async (transaction) => ({
    transfer: await findTransfer(transaction, { workspaceId, id: transferId }),
    book: await findRatebook(transaction.client, { workspaceId, id: transferId }),
  }))
  const { transfer, book } = found
  const ratebook = book && {
    id: book.id,
    channel: book.channel,
    name: book.name,
    rates: book.rates,
    vehicles: book.vehicles,
    published: book.publishedAt !== null,
  }
  const { rows = 0, accepted = 0, rejected = 0, warnings = 0, notices = 0, fatal, alreadyImported } = outcome ?? {}
  const counts = { rows, accepted, rejected, warnings, notices }
  yield `${JSON.stringify({ fileName, transferId, mode: transfer?.mode, ...counts, fatal, alreadyImported, ratebook: ratebook ?? null }, null, 2)}\n`
}
