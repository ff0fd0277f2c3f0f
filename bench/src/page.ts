import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ProfileSummary, summarise } from './profile-summary.ts'
import type { Results } from './results.ts'
import { inWords, markdownTable } from './table.ts'

/** What the page tells: one run, and the profiles of our side in another one. */
export type PageData = Results & { profiles: Record<string, ProfileSummary> }

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))
export const pagePath = `${docs}performance.md`
export const dataPath = `${docs}performance.json`

/** Places that are told of a profile. */
const placesTold = 12

/** The page with the figures and the profiles of a run between their marks. */
export function withData(page: string, data: PageData): string {
  const filled = between(page, 'figures', `${markdownTable(data.figures)}\n\n${circumstances(data)}`)
  return between(filled, 'profiles', Object.entries(data.profiles).map(profile).join('\n\n'))
}

export function between(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [before, after] = [page.indexOf(begin), page.indexOf(end)]
  if (before < 0 || after < before) throw new Error(`the page has no place for ${name}`)
  return `${page.slice(0, before + begin.length)}\n\n${text}\n\n${page.slice(after)}`
}

export function circumstances({ date, quick, machine, versions }: Results): string {
  const size = quick ? 'a quick run' : 'a full run'
  const where = `${machine.cores} cores (${machine.cpu}), ${machine.memoryGB} GB, ${machine.system}`
  const what = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `From ${size} of ${date.slice(0, 10)} on ${where}: ${what.join('; ')}.`
}

function profile([name, { seconds, busySeconds, places }]: [string, ProfileSummary]): string {
  const lines = places.slice(0, placesTold).map(({ place, share }) => `| ${place} | ${Math.round(share * 100)} % |`)
  return [
    `**${name}**: busy for ${inWords(busySeconds)} of ${inWords(seconds)} s`,
    '',
    '| where | share |',
    '| --- | --- |',
    ...lines,
  ].join('\n')
}

// `page.ts bench/results/<date>.json bench/results/profiles/*.cpuprofile` puts a run and its profiles into the page.
if (import.meta.main) {
  const [run, ...profiles] = process.argv.slice(2)
  if (run === undefined) throw new Error('which run? page.ts <results>.json [<profile>.cpuprofile ...]')
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
  // The name of a profile ends with its date.
  const nameOf = (path: string) => basename(path).replace(/-\d{4}-.*$/, '')
  const data: PageData = { ...read(run), profiles: Object.fromEntries(profiles.map((path) => [nameOf(path), summarise(read(path))])) }
  for (const summary of Object.values(data.profiles)) summary.places = summary.places.slice(0, placesTold)
  writeFileSync(dataPath, `${JSON.stringify(data, null, 2)}\n`)
  writeFileSync(pagePath, withData(readFileSync(pagePath, 'utf8'), data))
}
