import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { salesRegister } from '@drayage/core/testing/sales-register'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { atRest } from './harness/at-rest.ts'
import type { Customer } from './harness/customer.ts'
import { inParallel } from './harness/in-parallel.ts'
import { outcomeOf } from './harness/outcome.ts'
import { type Scene, setScene } from './harness/scene.ts'
import { timePasses } from './harness/time-passes.ts'
import type { WorkerProcess } from './harness/worker-process.ts'

/**
 * A worker that was stopped for longer than its lease and goes on when another one is done: first with its hands in the
 * database, copying rows or holding the transfer's row locked, then with its hands on the server.
 */
const moments = [
  'before commit of lease',
  'after move to PROCESSING 1',
  'before commit of claimed',
  'midway read in PROCESSING 1',
  'midway copy 1',
  'before commit of imported',
  'before commit of reported',
  'before write in SUCCESS 1',
  'midway write in SUCCESS 1',
  'before move to SUCCESS 1',
  'before commit of delivered',
  'before move to PROCESSED 1',
]

let scene: Scene
const zombies = new Map<string, { customer: Customer; process: WorkerProcess; before: unknown }>()
beforeAll(async () => {
  scene = await setScene({ leaseMs: 2000 })
  await inParallel(moments, { atOnce: 3 }, async (moment) => {
    const customer = await scene.customer()
    await customer.drop(
      'june.csv',
      salesRegister([
        { number: 'A1', lines: 2 },
        { number: 'A2', bad: true },
      ]),
    )
    const process = scene.victim(customer, { at: moment, signal: 'SIGSTOP' })
    await process.reaches(moment)
    zombies.set(moment, { customer, process, before: undefined })
  })
  await timePasses(scene.database)
  await scene.worker()
  await atRest(scene, { withinMs: 100_000 })
  for (const zombie of zombies.values()) zombie.before = await everything(zombie.customer)
}, 170_000)
afterAll(() => scene[Symbol.asyncDispose]())

test.each(moments)('a worker stopped %s is taken over, and changes nothing when it goes on', async (moment) => {
  const zombie = zombies.get(moment)
  if (zombie === undefined) throw new Error(`nobody was stopped ${moment}`)
  const { customer, process, before } = zombie
  expect(await outcomeOf(scene, customer)).toMatchObject({
    ledgers: [['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']],
    documents: 1,
    lines: 2,
    stored: 3,
    letters: ['[sandbox] june.csv: 1 of 3 rows rejected (GST, SAP)'],
  })
  process.resume()
  expect(await process.ended()).toBeNull()
  expect(await everything(customer)).toEqual(before)
})

/** Every row and every file of a customer, as they are; what never came to count in the file store aside. */
async function everything({ workspaceId, row }: Customer) {
  const tables = [
    'transfers',
    'transfer_ledger',
    'transfer_outputs',
    'transfer_issues',
    'rejected_rows',
    'outbox',
    'gst_documents',
    'gst_current_documents',
    'gst_document_lines',
  ]
  const select = (table: string, condition = '') =>
    scene.database.owner.query(`select to_jsonb(t) as row from ${table} t where workspace_id = $1 ${condition} order by 1`, [workspaceId])
  const rows = await Promise.all([...tables.map((table) => select(table)), select('files', 'and complete')])
  const entries = await readdir(row.baseDirectory, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const files = await Promise.all(
    paths.sort().map(async (path) => {
      const { ino, size, mtimeMs } = await stat(path)
      return { path, ino, size, mtimeMs }
    }),
  )
  return { rows: rows.map((result) => result.rows), files }
}
