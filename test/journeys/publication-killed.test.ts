import { manyRates, sampleRatebook } from '@drayage/core/testing/ratebook'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atRest } from './harness/at-rest.ts'
import type { Customer } from './harness/customer.ts'
import { inParallel } from './harness/in-parallel.ts'
import { type Outcome, outcomeOf } from './harness/outcome.ts'
import { type Scene, setScene } from './harness/scene.ts'
import { timePasses } from './harness/time-passes.ts'

/**
 * A broker's book stays published until the next one is, wherever the worker is killed that publishes it: at each of these
 * moments a real worker process dies by SIGKILL, readers look, and a deployed one that knows nothing of it carries on.
 */

const effects = [
  ...['commit of seen', 'commit of lease', 'commit of claiming', 'move to processing 1', 'commit of claimed', 'commit of fetched'],
  ...['commit of imported', 'commit of reported', 'write in reports 1', 'move to reports 1', 'commit of delivery 1'],
  ...[
    'write in reports 2',
    'move to reports 2',
    'commit of delivery 2',
    'commit of delivered',
    'move to processed 1',
    'commit of archived',
  ],
]
const midways = ['read in processing 1', 'copy 1', 'copy 2', 'write in reports 1', 'write in reports 2']
/** To die before one of them is to die after what came before it; but what an import has done is there with its commit alone. */
const moments = [...effects.map((what) => `after ${what}`), ...midways.map((what) => `midway ${what}`), 'before commit of imported']
/** Asking changes nothing: to die just after it is to die after what was before. Letters are the same for every product. */
const isElsewhere = /^after (log-in|list|stat|read|mail|commit of letter)|^before (?!commit of imported$)/
/** From here on the new book is the one that is published. */
const published = 'after commit of imported'

const june = sampleRatebook(manyRates(24, { payment: '200' }))
const july = sampleRatebook([...manyRates(12, { payment: '210' }), { term_months: '30' }])

let scene: Scene
let reached: string[]
let whole: Outcome
const killed = new Map<string, { broker: Customer; seen: Live[] }>()
beforeAll(async () => {
  scene = await setScene({ leaseMs: 5000 })
  const unharmed = await newBroker()
  for (const moment of moments) killed.set(moment, { broker: await newBroker(), seen: [] })
  {
    await using _worker = await scene.worker()
    await atRest(scene)
  }
  await unharmed.drop('july.csv', july, 'ratebooks')
  const victim = scene.victim(unharmed)
  await victim.ended()
  reached = victim.moments
  whole = await outcomeOf(scene, unharmed)
  await inParallel([...killed], { atOnce: 3 }, async ([moment, { broker, seen }]) => {
    await broker.drop('july.csv', july, 'ratebooks')
    expect(await scene.victim(broker, { at: moment, signal: 'SIGKILL' }).ended(), moment).toBe('SIGKILL')
    seen.push(...(await liveOf(broker)))
  })
  await timePasses(scene.database)
  await scene.worker()
  await atRest(scene, { withinMs: 300_000 })
}, 600_000)
afterAll(() => scene[Symbol.asyncDispose]())

test('a publication that nobody disturbs replaces the book, reports and puts the file away', () => {
  expect(whole).toMatchObject({
    ledgers: Array(2).fill(['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']),
    attempts: [0, 0],
    letters: [
      '[sandbox] june.csv: import begun (Ratebooks, SAP)',
      '[sandbox] june.csv: 24 rows imported (Ratebooks, SAP)',
      '[sandbox] july.csv: import begun (Ratebooks, SAP)',
      '[sandbox] july.csv: 1 of 13 rows rejected (Ratebooks, SAP)',
    ],
  })
  expect(Object.keys(whole.files)).toEqual([
    ...['processed/july.csv', 'processed/june.csv', 'reports/july.report.csv', 'reports/july.summary.json'],
    ...['reports/june.report.csv', 'reports/june.summary.json'],
  ])
})

test('the matrix leaves no moment out at which something had changed', () => {
  expect(moments.toSorted()).toEqual(reached.filter((moment) => !isElsewhere.test(moment)).toSorted())
})

describe.each(moments)('a worker killed %s', (moment) => {
  test('leaves one book published, the old one or the new one, whole', () => {
    const isNew = reached.indexOf(moment) >= reached.indexOf(published)
    expect(killed.get(moment)?.seen).toEqual([isNew ? { name: 'july', rates: 12 } : { name: 'june', rates: 24 }])
  })

  test('makes no difference in the end', async () => {
    const { broker } = killed.get(moment) as { broker: Customer }
    expect(await liveOf(broker)).toEqual([{ name: 'july', rates: 12 }])
    const [june = 0, july = 0] = (await outcomeOf(scene, broker)).attempts
    expect([june, july <= 1]).toEqual([0, true])
    expect(anonymous({ ...(await outcomeOf(scene, broker)), attempts: whole.attempts })).toEqual(anonymous(whole))
  })
})

/** With a book that is published. */
async function newBroker(): Promise<Customer> {
  const broker = await scene.customer({ product: 'ratebooks', mailPolicy: 'always' })
  await broker.drop('june.csv', june, 'ratebooks')
  return broker
}

/** Summaries name their transfer, and letters that are due together are sent in any order. */
function anonymous(outcome: Outcome): Outcome {
  const texts = Object.entries(outcome.files).map(([path, text]) => [
    path,
    text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id'),
  ])
  return { ...outcome, files: Object.fromEntries(texts), letters: outcome.letters.toSorted() }
}

/** What a reader finds, counted rate by rate. */
type Live = { name: string; rates: number }

async function liveOf({ workspaceId }: Customer): Promise<Live[]> {
  const { rows } = await scene.database.owner.query<Live>(
    `select b.name, (select count(*)::int from ratebook_rates r where r.workspace_id = b.workspace_id and r.book_id = b.id) as rates
     from ratebooks b where b.workspace_id = $1 and b.status = 'published'`,
    [workspaceId],
  )
  return rows
}
