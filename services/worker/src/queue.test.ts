import { newId } from '@drayage/core/id'
import type { JobName } from '@drayage/core/jobs'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openQueue, prepareQueue, type Queue } from './queue.ts'

let database: TestDatabase
let queue: Queue
const troubles: string[] = []
beforeAll(async () => {
  database = await testDatabase()
  const warn = (_: object, message: string) => void troubles.push(message)
  const log = { debug() {}, info() {}, warn, error: warn }
  queue = await openQueue({ url: database.url, role: 'drayage_worker', connections: 2, supervise: true, log })
})
afterAll(async () => {
  await queue[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const workspaceId = newId()
const letter = () => ({ workspaceId, outboxId: newId() })

test('a job is there if and only if the transaction commits', async () => {
  const db = database.as('drayage_worker')
  const kept = letter()
  await db.inWorkspace(workspaceId, (transaction) => queue.enqueue(transaction, 'mail.send', kept))
  const broken = db.inWorkspace(workspaceId, async (transaction) => {
    await queue.enqueue(transaction, 'mail.send', letter())
    throw new Error('no')
  })
  await expect(broken).rejects.toThrow('no')
  const jobs = await queue.boss.fetch('mail.send', { batchSize: 10 })
  expect(jobs.map((job) => job.data)).toEqual([kept])
  await queue.boss.complete('mail.send', jobs)
})

test('the API and the sweep may ask for work, the API may not take it', async () => {
  const api = database.as('drayage_api')
  await api.inWorkspace(workspaceId, (transaction) => queue.enqueue(transaction, 'mail.send', letter()))
  await api.sweep((transaction) => queue.enqueueAll(transaction, 'mail.send', [letter(), letter()]))
  await expect(api.inWorkspace([], ({ client }) => client.query('delete from pgboss.job'))).rejects.toThrow(/permission denied/)
  const jobs = await queue.boss.fetch('mail.send', { batchSize: 10 })
  expect(jobs).toHaveLength(3)
  await queue.boss.complete('mail.send', jobs)
})

test('a watched database tells which jobs were asked for, after the commit only', async () => {
  const told: JobName[][] = []
  const db = queue.watch(database.as('drayage_worker'), (names) => told.push([...names]))
  await db.inWorkspace(workspaceId, async (transaction) => {
    await queue.enqueue(transaction, 'mail.send', letter())
    expect(told).toEqual([])
  })
  await db.inWorkspace(workspaceId, async () => {})
  const broken = db.sweep(async (transaction) => {
    await queue.enqueue(transaction, 'mail.send', letter())
    throw new Error('no')
  })
  await expect(broken).rejects.toThrow('no')
  expect(told).toEqual([['mail.send']])
})

test('an attempt that is no longer the current one settles nothing', async () => {
  const db = database.as('drayage_worker')
  await queue.boss.deleteAllJobs('transfer.run')
  await db.inWorkspace(workspaceId, (transaction) => queue.enqueue(transaction, 'transfer.run', { workspaceId, transferId: newId() }))
  const [job] = await queue.boss.fetch('transfer.run')
  if (job === undefined) throw new Error('no job')
  const state = async () => (await queue.boss.getJobById('transfer.run', job.id))?.state
  await queue.boss.complete('transfer.run', { id: job.id, retryCount: job.retryCount + 1 })
  expect(await state()).toBe('active')
  await queue.boss.complete('transfer.run', job)
  expect(await state()).toBe('completed')
})

test('a worker clears away what has ended', async () => {
  await database.owner.query("update pgboss.job set completed_on = now() - interval '2 minutes' where state = 'completed'")
  await queue.boss.supervise()
  expect(troubles).toEqual([])
  const left = await database.owner.query("select 1 from pgboss.job where state = 'completed'")
  expect(left.rowCount).toBe(0)
})

test('preparing the queue again changes nothing', async () => {
  await prepareQueue(database.owner)
  expect(await queue.boss.getQueue('transfer.run')).toMatchObject({ policy: 'standard', retryLimit: 0 })
})
