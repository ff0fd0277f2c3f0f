import { salesRegister } from '@drayage/core/testing/sales-register'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atRest } from './at-rest.ts'
import type { Customer } from './customer.ts'
import { inParallel } from './in-parallel.ts'
import { copiesOf, type Outcome, outcomeOf } from './outcome.ts'
import { type FileServer, type Scene, setSceneOn } from './scene.ts'
import { timePasses } from './time-passes.ts'

const commits = [
  ...['letter 1', 'letter 2', 'letter 3', 'letter 4'],
  ...['seen', 'lease', 'claiming', 'claimed', 'fetched', 'imported', 'reported'],
  ...['delivery 1', 'delivery 2', 'delivered', 'archived'],
]
const effects = [
  ...['mail 1', 'move to PROCESSING 1', 'write in SUCCESS 1', 'move to SUCCESS 1'],
  ...['write in UPLOAD_ERROR 1', 'move to UPLOAD_ERROR 1', 'move to PROCESSED 1', ...commits.map((what) => `commit of ${what}`)],
]
const midways = ['read in PROCESSING 1', 'copy 1', 'copy 2', 'write in SUCCESS 1', 'write in UPLOAD_ERROR 1']
const moments = [...effects.flatMap((what) => [`before ${what}`, `after ${what}`]), ...midways.map((what) => `midway ${what}`)]

/** Asking changes nothing: to die just before or after it is to die after what was before. */
const onlyAsks = /^(before|after) (log-in|list|stat|read)/

const register = salesRegister([{ number: 'A1', lines: 2 }, { number: 'A2', bad: true }, { number: 'A3' }])

/** What a server did and could not say any more. */
const answers = ['list of INIT 1', 'move to PROCESSING 1', 'read in PROCESSING 1', 'write in SUCCESS 1', 'move to SUCCESS 1']
  .concat('write in UPLOAD_ERROR 1', 'move to UPLOAD_ERROR 1', 'move to PROCESSED 1')
  .map((what) => `after ${what}`)

/**
 * One file exactly once, wherever its worker is killed: at each of these moments a real worker process dies by SIGKILL,
 * and one that knows nothing of it carries on from the database, over a real server and a real relay. The same where the
 * worker lives on, and the answer of the server is lost.
 */
export function describeCrashMatrix({ name, skip, start }: { name: string; skip?: string; start(): Promise<FileServer> }): void {
  const why = skip === undefined ? '' : `, skipped: ${skip}`
  describe.skipIf(skip !== undefined)(`over ${name}${why}`, () => {
    let scene: Scene<FileServer>
    let whole: Outcome
    let reached: string[]
    const killed = new Map<string, Customer>()
    const untold = new Map<string, Customer>()
    beforeAll(async () => {
      scene = await setSceneOn(await start(), { leaseMs: 5000 })
      const unharmed = await scene.customer()
      await unharmed.drop('june.csv', register)
      const victim = scene.victim(unharmed)
      await victim.ended()
      reached = victim.moments
      whole = await outcomeOf(scene, unharmed)

      await inParallel(moments, { atOnce: 3 }, async (moment) => {
        const customer = await scene.customer()
        killed.set(moment, customer)
        await customer.drop('june.csv', register)
        expect(await scene.victim(customer, { at: moment, signal: 'SIGKILL' }).ended(), moment).toBe('SIGKILL')
      })
      await inParallel(answers, { atOnce: 3 }, async (moment) => {
        const customer = await scene.customer()
        untold.set(moment, customer)
        await customer.drop('june.csv', register)
        await scene.victim(customer, undefined, { lost: moment }).ended()
      })
      await timePasses(scene.database)
      await scene.worker()
      await atRest(scene, { withinMs: 300_000 })
    }, 600_000)
    afterAll(() => scene[Symbol.asyncDispose]())

    test('a file that nobody disturbs is imported once, answered once, put away once and told of once', () => {
      expect(whole).toMatchObject({
        ledgers: [['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']],
        documents: 2,
        lines: 3,
        stored: 3,
        attempts: [0],
        letters: ['[sandbox] june.csv: 1 of 4 rows rejected (GST, SAP)'],
      })
      expect(Object.keys(whole.files)).toEqual([
        'UPLOAD_SALES/INPUT/PROCESSED/june.csv',
        'UPLOAD_SALES/OUTPUT/SUCCESS/june.csv',
        'UPLOAD_SALES/OUTPUT/UPLOAD_ERROR/june.csv',
      ])
      expect(whole.files['UPLOAD_SALES/INPUT/PROCESSED/june.csv']).toBe(register)
    })

    test('the matrix leaves no moment out at which something had changed', () => {
      expect(moments.toSorted()).toEqual(reached.filter((moment) => !onlyAsks.test(moment)).toSorted())
    })

    test.each(moments)('a worker killed %s makes no difference in the end', async (moment) => {
      const customer = killed.get(moment) as Customer
      const outcome = await outcomeOf(scene, customer)
      expect(outcome).toEqual({ ...whole, attempts: [expect.toSatisfy((crashes: number) => crashes <= 1)] })
    })

    test.each(answers)('a connection lost %s, which nobody is told of, makes no difference in the end', async (moment) => {
      expect(reached).toContain(moment)
      const { attempts: _, ...outcome } = await outcomeOf(scene, untold.get(moment) as Customer)
      const { attempts: __, ...expected } = whole
      // The customer may have been told that the server did not answer.
      expect({ ...outcome, letters: outcome.letters.filter((subject) => subject.includes('june.csv')) }).toEqual(expected)
    })

    test('a second copy of a mail is sent only where the worker died between the relay taking it and the record of it', () => {
      const twice = moments.filter((moment) => copiesOf(scene, killed.get(moment) as Customer) > 1)
      expect(twice.toSorted()).toEqual(['after mail 1', 'before commit of letter 3'])
    })
  })
}
