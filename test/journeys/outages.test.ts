import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { sampleRegister } from '@drayage/core/imports/products/gst/sample-register'
import { salesRegister } from '@drayage/core/testing/sales-register'
import { expect, onTestFinished, test } from 'vitest'
import { startProxy } from '../servers/proxy.ts'
import { atRest } from './harness/at-rest.ts'
import { inParallel } from './harness/in-parallel.ts'
import { mortalDatabase } from './harness/mortal-database.ts'
import { copiesOf, outcomeOf } from './harness/outcome.ts'
import { setScene } from './harness/scene.ts'
import { timePasses } from './harness/time-passes.ts'
import { until } from './harness/until.ts'

const life = ['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']
const register = salesRegister([
  { number: 'A1', lines: 2 },
  { number: 'A2', bad: true },
])

test('PostgreSQL is killed in the middle of an import and comes back: the worker goes on, and nobody is blamed', async () => {
  const database = await mortalDatabase()
  await using scene = await setScene({ leaseMs: 2000, database })
  const customer = await scene.customer()
  const sample = sampleRegister({ rows: 60_000, badShare: 0.01 })
  await customer.drop('large.csv', await buffer(Readable.from(sample.chunks)))
  const worker = await scene.worker()
  const ended = worker.ended().then((signal) => Promise.reject(new Error(`the worker ended: ${signal}`)))
  ended.catch(() => {})
  await until(async () => {
    const copying = await database.owner.query("select from pg_stat_activity where state = 'active' and query like 'copy staged_rows%'")
    return copying.rows.length > 0
  })
  await database.kill()
  await database.restart()
  await Promise.race([atRest(scene, { withinMs: 120_000 }), ended])
  const { rows, rejected } = sample.tally
  expect(await outcomeOf(scene, customer)).toMatchObject({ ledgers: [life], attempts: [0], lines: rows - rejected, stored: 3 })
  expect(copiesOf(scene, customer)).toBe(1)
})

test('the line to PostgreSQL is cut between a commit and its answer: what was done is not done again', async () => {
  await using scene = await setScene({ leaseMs: 30_000 })
  const { database } = scene
  await using proxy = await startProxy({ port: Number(new URL(database.url).port) })
  const url = Object.assign(new URL(database.url), { port: String(proxy.port) }).href
  const customer = await scene.customer()
  await customer.drop('june.csv', register)
  const worker = scene.victim(customer, { at: 'before commit of imported', signal: 'SIGSTOP' }, { url })
  await worker.reaches('before commit of imported')
  // The commit is on its way for a second, and its answer for another one.
  proxy.toxic = { latencyMs: 1000 }
  worker.resume()
  await until(async () => (await database.owner.query("select from transfers where state = 'imported'")).rows.length === 1)
  proxy.cut('reset')
  proxy.toxic = {}
  await worker.ended()
  expect(worker.moments).not.toContain('after commit of imported')
  expect(await outcomeOf(scene, customer)).toMatchObject({ ledgers: [life], attempts: [0], documents: 1, lines: 2, stored: 3 })
  expect(copiesOf(scene, customer)).toBe(1)
})

test('the connection is cut at any operation on the server: the file comes to its end, and nobody is blamed or alarmed', async () => {
  await using scene = await setScene({ leaseMs: 5000 })
  const unharmed = await scene.customer()
  await unharmed.drop('june.csv', register)
  const whole = scene.victim(unharmed)
  await whole.ended()
  const operations = whole.moments.filter((moment) => /^(before|midway) (list|stat|read|write|move|remove)/.test(moment))
  expect(operations.length).toBeGreaterThan(15)
  const expected = await outcomeOf(scene, unharmed)

  const customers = await Promise.all(
    operations.map(async (moment) => {
      const proxy = await startProxy({ port: scene.server.endpoint.port })
      onTestFinished(() => proxy[Symbol.asyncDispose]())
      const customer = await scene.customer({ port: proxy.port })
      await customer.drop('june.csv', register)
      return { moment, customer, proxy }
    }),
  )
  await inParallel(customers, { atOnce: 3 }, async ({ moment, customer, proxy }) => {
    const worker = scene.victim(customer, { at: moment, signal: 'SIGSTOP' })
    await worker.reaches(moment)
    proxy.cut('reset')
    worker.resume()
    await worker.ended()
  })
  await timePasses(scene.database)
  await scene.worker()
  await atRest(scene, { withinMs: 100_000 })
  for (const { moment, customer } of customers) expect(await outcomeOf(scene, customer), moment).toEqual(expected)
})

test('the mail relay is down all along: the file is put away, and its mail is sent once when the relay is back', async () => {
  await using scene = await setScene({ leaseMs: 2000 })
  const customer = await scene.customer()
  scene.relay.down = true
  await customer.drop('june.csv', register)
  await scene.worker()
  const { owner } = scene.database
  await until(async () => (await owner.query('select from outbox where last_error is not null')).rows.length === 1)
  await until(async () => (await owner.query('select from transfers where run_at is null')).rows.length === 1)
  expect(await outcomeOf(scene, customer)).toMatchObject({ ledgers: [life], attempts: [0], letters: [] })

  scene.relay.down = false
  await atRest(scene, { meanwhile: () => timePasses(scene.database) })
  expect(copiesOf(scene, customer)).toBe(1)
})
