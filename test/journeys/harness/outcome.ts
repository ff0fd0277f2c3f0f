import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { ActiveClient } from '@drayage/core/testing/active-client'
import type { TestDatabase } from '@drayage/db/testing'
import type { TestRelay } from '../../servers/smtp.ts'

/** All that can be seen of a client's files, in the database, on its server and at the relay. */
export type Outcome = {
  /** The states each transfer went through, oldest transfer first. */
  ledgers: string[][]
  /** Runs of each transfer that ended in a crash. */
  attempts: number[]
  documents: number
  lines: number
  /** Complete files in the file store. */
  stored: number
  /** Content by path below the client's root folder. */
  files: Record<string, string>
  /** Subjects of letters, one for each Message-ID. */
  letters: string[]
}

type Seen = { database: TestDatabase; relay: Pick<TestRelay, 'taken'> }

export async function outcomeOf(scene: Seen, client: ActiveClient): Promise<Outcome> {
  const { workspaceId, layout } = client
  const query = async <Row>(text: string) => (await scene.database.owner.query(text, [workspaceId])).rows as Row[]
  const ledger = await query<{ transfer_id: string; state: string }>(
    'select transfer_id, state from transfer_ledger where workspace_id = $1 order by transfer_id, ordinal',
  )
  const transfers = await query<{ attempts: number }>('select attempts from transfers where workspace_id = $1 order by id')
  const [counts] = await query<{ documents: number; lines: number; stored: number }>(
    `select (select count(*)::int from gst_documents where workspace_id = $1) as documents,
            (select count(*)::int from gst_document_lines where workspace_id = $1) as lines,
            (select count(*)::int from files where workspace_id = $1 and complete) as stored`,
  )
  if (counts === undefined) throw new Error('a query without a from clause returns a row')
  return {
    ledgers: [...Map.groupBy(ledger, (line) => line.transfer_id).values()].map((lines) => lines.map(({ state }) => state)),
    attempts: transfers.map(({ attempts }) => attempts),
    ...counts,
    files: await contents(dirname(layout.path('any'))),
    letters: [...new Map(lettersTo(scene, client).map((letter) => [letter.messageId, letter.subject])).values()],
  }
}

/** Copies of letters that the relay has taken for the client's people. */
export function copiesOf(scene: Seen, client: ActiveClient): number {
  return lettersTo(scene, client).length
}

function lettersTo({ relay }: Seen, { row }: ActiveClient): TestRelay['taken'] {
  return relay.taken.filter(({ to }) => row.notificationEmails.some((address) => to.includes(address)))
}

async function contents(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(files.sort().map(async (path) => [relative(directory, path), await readFile(path, 'utf8')]))
  return Object.fromEntries(texts)
}
