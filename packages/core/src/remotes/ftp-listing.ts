import { checkName, showName } from './path.ts'
import type { Listing, RemoteEntry } from './remote.ts'

/** One line of a listing. `link` is what points elsewhere, and what it points to is not known. */
export type Listed = { name: string; type: RemoteEntry['type'] | 'link' | 'other'; size: number; modified: string }

/** Characters; a longer line is no entry. */
export const longestLine = 4096

/** A directory that was asked for by name may call itself the one that is listed. */
export function readFactsOfOne(line: string): Listed | undefined {
  const listed = readFacts(line)
  return listed && /(^|;)type=[cp]dir;/i.test(line.slice(0, line.indexOf(' '))) ? { ...listed, type: 'directory' } : listed
}

/** RFC 3659 7.2: `type=file;size=5;modify=20261126101112; name`. Undefined for a line that is none. */
export function readFacts(line: string): Listed | undefined {
  const space = line.indexOf(' ')
  if (space < 0 || line.length > longestLine) return undefined
  const facts = new Map(
    line
      .slice(0, space)
      .split(';')
      .map((fact) => {
        const [name = '', ...value] = fact.split('=')
        return [name.toLowerCase(), value.join('=')] as const
      }),
  )
  const type = facts.get('type')?.toLowerCase()
  if (type === undefined) return undefined
  return { name: line.slice(space + 1), type: typeOfFact(type), size: sizeOf(facts.get('size')), modified: facts.get('modify') ?? '' }
}

function typeOfFact(type: string): Listed['type'] {
  if (type === 'file') return 'file'
  if (type === 'dir') return 'directory'
  return /s(ym)?link/.test(type) ? 'link' : 'other'
}

// Mode, links, owner, group, size, date with the time or the year (or as ISO 8601 has it), and after exactly one space the name.
const unix =
  /^([-dlbcps])[rwxsStTlL-]{9}\S?\s+\d+\s.*?\s(\d+)\s+(\d{4}-\d{2}-\d{2}\s+\d{2}:\d{2}|\S{1,12}\s+\S{1,12}\s+(?:\d{1,2}:\d{2}|\d{4}))\s(.+)$/
const dos = /^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\s+\d{1,2}:\d{2}(?:\s?[AaPp][Mm])?)\s+(?:(<DIR>|<JUNCTION>|<SYMLINKD?>)\s+|(\d+)\s)(.+)$/

/** A line as `ls -l` or as DOS writes it, which no standard has. Undefined for a line that is neither. */
export function readLine(line: string): Listed | undefined {
  if (line.length > longestLine) return undefined
  const asUnix = unix.exec(line)
  if (asUnix !== null) {
    const [, letter = '', size, modified = '', name = ''] = asUnix
    if (letter === 'l') return { name: name.split(' -> ', 1)[0] ?? name, type: 'link', size: 0, modified }
    return { name, type: letter === 'd' ? 'directory' : letter === '-' ? 'file' : 'other', size: sizeOf(size), modified }
  }
  const [, modified = '', mark, size, name = ''] = dos.exec(line) ?? []
  if (name === '') return undefined
  const type = mark === undefined ? 'file' : mark === '<DIR>' ? 'directory' : 'link'
  return { name, type, size: sizeOf(size), modified }
}

/** Bytes. What is no number, or more than one holds exactly, is a lie, and either way larger than any limit or empty. */
function sizeOf(text: string | undefined): number {
  return /^\d+$/.test(text ?? '') ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : 0
}

/** Lines that are no entries although they stand among them. */
const noEntries = /^(total \d+|)$/

/** Adds a line to a listing: an entry, one that is refused, or nothing. Links and devices are left out. */
export function addLine(found: Listing, line: string, read: (line: string) => Listed | undefined): void {
  if (noEntries.test(line)) return
  const listed = read(line)
  if (listed === undefined) return void found.refused.push({ shown: showName(line), reason: 'its line of the listing cannot be read' })
  const { name, type } = listed
  if (name === '.' || name === '..' || type === 'link' || type === 'other') return
  const reason = checkName(name)
  if (reason === undefined) found.entries.push(entryOf(listed, type))
  else found.refused.push({ shown: showName(name), reason })
}

export function entryOf({ name, size, modified }: Listed, type: RemoteEntry['type']): RemoteEntry {
  // It is kept and compared, and nothing else; PostgreSQL takes no text with a NUL in it.
  return { name, type, size: type === 'file' ? size : 0, modified: modified.replace(/[^\x20-\x7e]/g, '?') }
}
