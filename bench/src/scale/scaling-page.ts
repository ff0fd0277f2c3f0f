import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { between, circumstances } from '../page.ts'
import type { Results } from '../results.ts'
import { inWords } from '../table.ts'
import { fit, type Model, throughput } from './model.ts'

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url))
export const pagePath = `${docs}scaling.md`
export const dataPath = `${docs}scaling.json`

const placesOfEach = 4
/** What a client is taken to ask for: a file an hour by day, three times as many in the busiest hour, a look a minute. */
const filesOfClientPerDay = 24
const peak = 3
const looksOfClientPerSecond = 1 / 60
/** How much of its places a worker may fill, so that a file rarely waits for one. */
const filled = 0.6
const defaultPlaces = 8

/** The page with what a run measured of 1, 2 and 4 workers, what the model says of it, and what follows for more clients. */
export function withScale(page: string, results: Results): string {
  const rate = (name: string) => {
    const figure = results.figures.find((one) => one.name === name)
    if (figure === undefined) throw new Error(`the run has no figure ${name}`)
    return figure.value
  }
  const [one, two, four] = [rate('1 worker'), rate('2 workers'), rate('4 workers')]
  const model = fit({ places: placesOfEach, rate: one }, { places: 2 * placesOfEach, rate: two })
  const foreseen = throughput(model, 4 * placesOfEach)
  const measured = table(
    ['workers', 'measured', 'model'],
    [
      ['1', `${inWords(one)} files/s`, 'from this'],
      ['2', `${inWords(two)} files/s`, 'and this'],
      ['4', `${inWords(four)} files/s`, `${inWords(foreseen)} files/s foreseen, ${Math.round((foreseen / four - 1) * 100)} % off`],
    ],
  )
  const terms = `A file waits ${inWords(model.apart)} s for its server and asks for ${inWords(model.shared * 1000)} ms of what is shared.`
  const filledIn = between(page, 'workers', `${measured}\n\n${terms}\n\n${circumstances(results)}`)
  return between(
    filledIn,
    'clients',
    table(['FTP clients', 'looks/s', 'files/s at peak', 'workers', 'machines like this one'], rows(model)),
  )
}

function rows(model: Model): string[][] {
  return [100, 10_000, 1_000_000].map((clients) => {
    const files = (clients * filesOfClientPerDay * peak) / 86_400
    const machines = Math.ceil((files * model.shared) / filled)
    // Little's law: files on the way are files a second times the seconds of one. A machine without a worker does nothing.
    const workers = Math.max(machines, Math.ceil((files * (model.apart + model.shared)) / (defaultPlaces * filled)))
    return [clients.toLocaleString('en'), inWords(clients * looksOfClientPerSecond), inWords(files), String(workers), String(machines)]
  })
}

function table(headings: string[], rows: string[][]): string {
  return [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

// `scaling-page.ts bench/results/<date>.json` puts a run that held `scale` into the page.
if (import.meta.main) {
  const [run] = process.argv.slice(2)
  if (run === undefined) throw new Error('which run? scaling-page.ts <results>.json')
  const results: Results = JSON.parse(readFileSync(run, 'utf8'))
  writeFileSync(pagePath, withScale(readFileSync(pagePath, 'utf8'), results))
  writeFileSync(dataPath, `${JSON.stringify(results, null, 2)}\n`)
}
