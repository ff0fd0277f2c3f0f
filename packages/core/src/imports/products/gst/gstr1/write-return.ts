import type { Database } from '@drayage/db/connect'
import { findReturn, pageReturnRows, type Return, type ReturnKey, type ReturnRow } from '@drayage/db/queries/gstr1-returns'
import { formOfTool, returnBody } from './return-body.ts'
import { elementWriter } from './return-json.ts'
import { periodName } from './section-name.ts'
import { sectionOf } from './sections.ts'

const pageRows = 5000

/** The return as the tax portal takes it, byte for byte as the tax network's own tool writes it: without what is empty. */
export async function* writeReturn(db: Database, key: ReturnKey & { workspaceId: string }): AsyncGenerator<string, void, void> {
  const { workspaceId } = key
  const made = await db.inWorkspace(workspaceId, ({ client }) => findReturn(client, key))
  if (made === undefined) throw new Error(`no return ${JSON.stringify(key)}`)
  const { id: returnId, gstin, period } = made
  yield JSON.stringify({ gstin, fp: periodName(period), ...turnoverOf(made), ...formOfTool }).slice(0, -1)
  let open = ''
  for (const { path, section, unit = '' } of returnBody) {
    const { write, end } = elementWriter(sectionOf(section)?.keys ?? [])
    let isEmpty = true
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page = { workspaceId, returnId, section, unit, after, limit: pageRows }
      const rows: ReturnRow[] = await db.inWorkspace(workspaceId, ({ client }) => pageReturnRows(client, page))
      if (isEmpty && rows.length > 0) {
        yield `${opening(path, open)}[`
        open = path.length === 2 ? path[0] : ''
        isEmpty = false
      }
      yield rows.map(write).join('')
      after = rows.length < pageRows ? undefined : rows.at(-1)?.ordinal
    }
    if (!isEmpty) yield `${end()}]`
  }
  yield open === '' ? '}' : '}}'
}

/** As it was stated; months of a quarterly filer have none. */
function turnoverOf({ form, grossTurnover, currentGrossTurnover }: Return): { gt?: number; cur_gt?: number } {
  if (form === 'iff') return {}
  return {
    ...(grossTurnover !== null && { gt: Number(grossTurnover) }),
    ...(currentGrossTurnover !== null && { cur_gt: Number(currentGrossTurnover) }),
  }
}

/** The way from what was written before, within the object `open`, to the list at `path`. */
function opening(path: readonly string[], open: string): string {
  const [first = '', second] = path
  const name = (key: string) => `${JSON.stringify(key)}:`
  const close = open !== '' && open !== first ? '}' : ''
  if (second === undefined) return `${close},${name(first)}`
  return open === first ? `,${name(second)}` : `${close},${name(first)}{${name(second)}`
}
