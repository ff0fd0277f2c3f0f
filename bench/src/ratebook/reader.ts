import { setTimeout as pause } from 'node:timers/promises'
import { type Random, seededRandom } from '@drayage/core/imports/products/gst/sample-random'
import { fuels, makes, modelsOfEach, profiles } from './books.ts'

/** What a reader asks for, by the names of the call. */
export type RateQuery = Readonly<Record<string, string | number>>

type Rates = { items: { ratebookId: string; tagLine?: string }[]; nextCursor?: string }

/** One answer: how long it took in milliseconds, from when it was due, and what was wrong with it. */
export type Answer = { ms: number; wrong?: 'error' | 'empty' | 'mixed' }

/** Asks for rates. Throws where the reply is none. */
export async function askRates(at: { url: string; token: string }, query: RateQuery, signal: AbortSignal): Promise<Rates> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]))
  const reply = await fetch(`${at.url}?${search}`, { headers: { authorization: `Bearer ${at.token}` }, signal })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${search}: ${reply.status} ${text.slice(0, 500)}`)
  return JSON.parse(text) as Rates
}

/** Three filters, of all kinds. */
export function threeFilters(random: Random): RateQuery {
  const make = random.pick(makes)
  const model = `${make.slice(0, 1)}${random.integer(1, modelsOfEach)}`
  const { term: termMonths, mileage } = random.pick(profiles)
  const fuelType = random.pick(fuels).toLowerCase().replaceAll(/[ -]/g, '_')
  const maxPayment = random.integer(250, 900)
  const filters = random.pick<RateQuery>([
    { make, termMonths, mileage },
    { fuelType, termMonths, mileage },
    { make, fuelType, maxPayment },
    { make, model, termMonths },
    { fuelType, termMonths, maxPayment },
    { termMonths, mileage, maxPayment },
    { make, mileage, maxPayment },
  ])
  return { ...filters, sort: random.pick(['payment', 'payment', 'payment_desc', 'vehicle']) }
}

/** Three filters that every book has rates for. */
function fruitful(random: Random): RateQuery {
  const { term: termMonths, mileage } = random.pick(profiles)
  return random.pick<RateQuery>([
    { make: random.pick(makes), termMonths, mileage },
    { fuelType: random.pick(['petrol', 'diesel', 'electric']), termMonths, mileage },
    { fuelType: random.pick(['petrol', 'diesel', 'electric']), termMonths, maxPayment: 2000 },
  ])
}

/**
 * Asks so many times a second, whether or not the reply before is there, until told to stop. Every fifth asks for the page
 * behind an earlier one. An answer is mixed where its rates are of two books, or say they are, or of another book than the
 * page before.
 */
export async function readSteadily(
  at: { url: string; token: string },
  options: { workspaceId: string; perSecond: number; seed: number; until: AbortSignal; signal: AbortSignal },
): Promise<Answer[]> {
  const random = seededRandom(options.seed)
  const marks = new Map<string, string | undefined>()
  const answers: Promise<Answer>[] = []
  let last: { query: RateQuery; cursor: string; book: string | undefined } | undefined
  const startedAt = performance.now()
  for (let count = 0; !options.until.aborted; count++) {
    const due = startedAt + (count * 1000) / options.perSecond
    if (due > performance.now()) await pause(due - performance.now(), undefined, { signal: options.signal })
    const behind = count % 5 === 4 ? last : undefined
    answers.push(ask(due, behind))
  }
  return Promise.all(answers)

  async function ask(due: number, behind: typeof last): Promise<Answer> {
    const query = behind?.query ?? fruitful(random)
    const page = await askRates(
      at,
      { ...query, ...(behind && { cursor: behind.cursor }), workspaceId: options.workspaceId },
      options.signal,
    )
      .then((rates) => ({ ...rates, failed: false }))
      .catch((): Rates & { failed: boolean } => ({ items: [], failed: true }))
    const ms = performance.now() - due
    if (page.failed) return { ms, wrong: 'error' }
    const [first] = page.items
    if (first === undefined) return { ms, wrong: 'empty' }
    const { ratebookId: book, tagLine: mark } = first
    if (!marks.has(book)) marks.set(book, mark)
    const whole = page.items.every((rate) => rate.ratebookId === book && rate.tagLine === marks.get(book))
    if (!whole || (behind !== undefined && behind.book !== book)) return { ms, wrong: 'mixed' }
    last = page.nextCursor === undefined ? last : { query, cursor: page.nextCursor, book }
    return { ms }
  }
}
