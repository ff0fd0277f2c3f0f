import { setTimeout as pause } from 'node:timers/promises'
import type { Experiment, Readings, Setting } from '../bench.ts'
import { dropRegister } from '../import/drop-register.ts'
import type { Register } from '../import/registers.ts'
import { median, quantile } from '../statistics.ts'
import { type Answer, readSteadily } from './reader.ts'
import type { RatebookSite } from './site.ts'

const perSecond = 50
const restRuns = 3

/** Books that are published one after another, and a reader who is not to notice. */
export async function undisturbed(site: RatebookSite, setting: Setting): Promise<Experiment> {
  const { quick } = setting
  const [count, rates, seconds] = quick ? [4, 10_000, 5] : [20, 100_000, 60]
  const books: Register[] = []
  for (let at = 1; at <= count; at++) books.push(await site.writeBook({ rates, seed: 100 + at, mark: `book ${at}` }))
  const name = `reads while ${count} books of ${rates.toLocaleString('en')} rates are published`
  return {
    title: name,
    ours: { name: 'drayage', run: () => publishAndRead(site, { setting, books, seconds, restSeconds: quick ? 3 : 20 }) },
    peers: [],
    rounds: 1,
    figures: [
      { name: `${name}, failed, empty or mixed`, unit: 'answers', reading: 'wrong', goal: { of: 'value', atMost: 0 } },
      { name: `${name}, p95 beside at rest`, unit: 'times', reading: 'times', goal: { of: 'value', atMost: 2 } },
      { name: `${name}, p95`, unit: 'ms', reading: 'p95' },
      { name: 'the same at rest, p95', unit: 'ms', reading: 'at rest' },
    ],
  }
}

type Task = { setting: Setting; books: readonly Register[]; seconds: number; restSeconds: number }

async function publishAndRead(site: RatebookSite, { setting, books, seconds, restSeconds }: Task): Promise<Readings> {
  const { signal } = setting
  const at = await site.rates()
  const inbox = await site.inboxOf('default')
  const publish = (book: Register) => dropRegister(inbox, book, signal)
  // Without one there is nothing to read.
  await publish(books.at(-1) as Register)

  let seed = 1000
  const readWhile = async (work: () => Promise<unknown>): Promise<Answer[]> => {
    const over = new AbortController()
    const options = { workspaceId: site.workspaceId, perSecond, seed: ++seed, until: over.signal, signal }
    const [answers] = await Promise.all([readSteadily(at, options), work().finally(() => over.abort())])
    return answers
  }
  const rests: Answer[][] = []
  for (let run = 0; run < restRuns; run++) rests.push(await readWhile(() => pause(restSeconds * 1000, undefined, { signal })))
  const busy = await readWhile(async () => {
    const until = performance.now() + seconds * 1000
    for (const book of books) await publish(book)
    await pause(Math.max(0, until - performance.now()), undefined, { signal })
  })

  const p95 = (answers: readonly Answer[]) =>
    quantile(
      answers.map(({ ms }) => ms),
      0.95,
    )
  const atRest = median(rests.map(p95))
  const count = (kind: Answer['wrong']) => [...rests.flat(), ...busy].filter(({ wrong }) => wrong === kind).length
  const kinds = { errors: count('error'), empty: count('empty'), mixed: count('mixed') }
  const wrong = kinds.errors + kinds.empty + kinds.mixed
  return { wrong, ...kinds, times: p95(busy) / atRest, p95: p95(busy), 'at rest': atRest, answers: busy.length }
}
