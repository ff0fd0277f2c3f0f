import { once } from 'node:events'
import { from as copyFrom } from 'pg-copy-streams'
import type { Client } from '../connect.ts'

/** Characters of COPY text that are gathered before they are sent. */
const blockLength = 128 * 1024

/** Rows on their way into a table. Nothing else can be asked of the connection until `end`. */
export type RowCopy = {
  /** Takes one line of COPY text, without line end. True when a block is full: then `flush` before the next. */
  add(line: string): boolean
  /** Sends what was gathered and waits while PostgreSQL is behind. */
  flush(): Promise<void>
  /** Resolves when the rows are in the table. To be called also when they are not wanted any more. */
  end(): Promise<void>
}

/**
 * Copies rows into a table, as lines of cells separated by tabs; an empty cell is null. COPY is the fastest way in, and
 * is refused by tables under row-level security: it is for temporary ones.
 */
export function copyRows(client: Client, target: { table: string; columns: readonly string[] }): RowCopy {
  const stream = client.query(copyFrom(`copy ${target.table} (${target.columns.join(', ')}) from stdin with (format text, null '')`))
  // What PostgreSQL says against the rows is thrown by the next call, whenever it comes.
  let failure: Error | undefined
  stream.on('error', (error) => {
    failure = error
  })
  let gathered = ''

  const flush = async () => {
    if (failure !== undefined) throw failure
    if (gathered === '') return
    const block = Buffer.from(gathered)
    gathered = ''
    if (!stream.write(block)) await once(stream, 'drain')
  }
  return {
    add: (line) => {
      gathered += line
      gathered += '\n'
      return gathered.length >= blockLength
    },
    flush,
    end: async () => {
      await flush()
      stream.end()
      await once(stream, 'finish')
    },
  }
}

/** Text as a cell of COPY text. */
export function copyText(text: string): string {
  return special.test(text) ? text.replace(everySpecial, (character) => `\\${escapes[character] ?? character}`) : text
}
const special = /[\\\t\n\r]/
const everySpecial = /[\\\t\n\r]/g
const escapes: Readonly<Record<string, string>> = { '\t': 't', '\n': 'n', '\r': 'r' }
