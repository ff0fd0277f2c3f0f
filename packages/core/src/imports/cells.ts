import { copyText } from '@drayage/db/queries/copy-rows'
import type { Severity } from '@drayage/db/vocabulary'

/**
 * Reads one cell that is not empty: returns it as COPY text, '' for a cell of nothing but spaces, undefined for one that
 * is wrong and was reported as an error.
 */
export type ReadCell = (cell: string, say: Say) => string | undefined
/** Reports a finding about the cell; what it returns stands for a wrong one. */
export type Say = (severity: Severity, code: string, message: string) => undefined

/** What kind of thing stands in a column: its type in the database, and how it is read. Codes begin with the `noun`. */
export type CellKind<Options = object> = { type: string; reader(noun: string, options: Options): ReadCell }

export function text(longest: number): CellKind {
  const reader = (noun: string): ReadCell => {
    return (cell, say) => {
      const trimmed = cell.trim()
      if (trimmed.length > longest) return wrong(say, `${noun}.too_long`, `is longer than ${longest} characters; shorten it.`)
      if (!needsCare.test(trimmed)) return trimmed
      if (!controls.test(trimmed)) return copyText(trimmed)
      return wrong(say, 'cell.control_character', 'holds an invisible control character; type the cell anew.')
    }
  }
  return { type: 'text', reader }
}
const needsCare = /[\x00-\x1f\x7f\\]/
const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/

/** One of a closed list, whatever its case, spacing and underscores; `words` gives other spellings. */
export function oneOf(canonical: readonly string[], words: Readonly<Record<string, string>> = {}): CellKind {
  const known = new Map([
    ...canonical.map((word): [string, string] => [wordKey(word), word]),
    ...Object.entries(words).map(([word, means]): [string, string] => [wordKey(word), means]),
  ])
  const reader = (noun: string) =>
    repeated(
      (cell, say) => known.get(wordKey(cell)) ?? wrong(say, `${noun}.unknown`, `is not known here; write one of ${canonical.join(', ')}.`),
    )
  return { type: 'text', reader }
}

/** Reports a cell as wrong. */
export function wrong(say: Say, code: string, message: string): undefined {
  return say('error', code, message)
}

function wordKey(word: string): string {
  return word.toUpperCase().replace(/[\s_-]+/g, '')
}

const longestMemory = 4096

/**
 * Reads values that repeat from row to row: what was read without a finding is remembered, up to a limit. Hands on the
 * cell without surrounding space.
 */
export function repeated(read: ReadCell): ReadCell {
  const known = new Map<string, { cell: string; value: string }>()
  let latest = { cell: '', value: '' }
  return (cell, say) => {
    // Comparing with the row above is cheaper than looking up, and often enough.
    if (cell === latest.cell) return latest.value
    const before = known.get(cell)
    if (before !== undefined) {
      latest = before
      return before.value
    }
    const trimmed = cell.trim()
    if (trimmed === '') return ''
    let clean = true
    const value = read(trimmed, (severity, code, message) => {
      clean = false
      return say(severity, code, message)
    })
    if (clean && value !== undefined) {
      if (known.size === longestMemory) known.clear()
      latest = { cell: detached(cell), value: detached(value) }
      known.set(latest.cell, latest)
    }
    return value
  }
}

/** A copy that does not keep alive the block of the file it was cut from. */
function detached(text: string): string {
  return Buffer.from(text).toString()
}
