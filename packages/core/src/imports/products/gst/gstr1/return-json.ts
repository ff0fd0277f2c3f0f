import type { Cells } from './section.ts'

/** A row of a return, in its order: rows of one outer and inner key stand together. */
export type ReturnRow = { outer: string; inner: string; cells: Cells }

/**
 * Writes the rows of a section as the elements of a JSON list, some at a time. `keys` has one list for each group, from
 * the outside inwards, and one for a row:
 *
 * - `pos`: the cell of that name, left out where there is none
 * - `itm_det.rt`: within an object of its own
 * - `itms[]`: the list of what is within
 * - `#num`: counts from 1 within its list
 */
export function elementWriter(keys: readonly (readonly string[])[]): { write(row: ReturnRow): string; end(): string } {
  const levels = keys.map(levelOf)
  const groups = levels.slice(0, -1)
  const counts = levels.map(() => 0)
  let open: ReturnRow | undefined

  /** Ends the groups from `level` on, inner ones first. */
  const close = (level: number) => {
    if (open === undefined) return ''
    const { cells } = open
    return groups
      .slice(level)
      .toReversed()
      .map(({ after }) => `]${after(cells)}}`)
      .join('')
  }
  return {
    write: (row) => {
      const same = open === undefined ? 0 : sameGroups(open, row, groups.length)
      let text = close(same)
      for (let level = same; level < levels.length; level++) {
        // Behind a group that was just opened nothing came yet.
        const isFirst = level > same || open === undefined
        counts[level] = isFirst ? 1 : (counts[level] ?? 0) + 1
        text += `${isFirst ? '' : ','}${levels[level]?.before(row.cells, counts[level] ?? 1)}`
      }
      open = row
      return text
    },
    end: () => close(0),
  }
}

/** How many groups, from the outside, two rows share. */
function sameGroups(one: ReturnRow, other: ReturnRow, groups: number): number {
  if (groups === 0 || one.outer !== other.outer) return 0
  return groups === 1 || one.inner !== other.inner ? 1 : 2
}

/** What of an element stands before the list within it, and what behind. Of a row, all is before. */
function levelOf(keys: readonly string[]): { before(cells: Cells, count: number): string; after(cells: Cells): string } {
  const at = keys.findIndex((key) => key.endsWith('[]'))
  if (at < 0) return { before: (cells, count) => `{${members(keys, cells, count)}}`, after: () => '' }
  const list = `${JSON.stringify(keys[at]?.slice(0, -2))}:[`
  const behind = keys.slice(at + 1)
  return {
    before: (cells, count) => {
      const own = members(keys.slice(0, at), cells, count)
      return `{${own}${own === '' ? '' : ','}${list}`
    },
    after: (cells) => {
      const own = members(behind, cells, 1)
      return own === '' ? '' : `,${own}`
    },
  }
}

function members(keys: readonly string[], cells: Cells, count: number): string {
  const element: Record<string, unknown> = {}
  for (const key of keys) {
    const [name = '', within] = key.split('.')
    const value = key === '#num' ? count : cells[within ?? name]
    if (value === undefined) continue
    if (within === undefined) element[key === '#num' ? 'num' : name] = value
    else element[name] = { ...(element[name] as Cells | undefined), [within]: value }
  }
  return JSON.stringify(element).slice(1, -1)
}
