import { newId } from '@drayage/core/id'
import type { JobName } from '@drayage/core/jobs'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type JobLoop, type JobTable, startJobLoop } from './job-loop.ts'
import { openQueue, type Queue } from './queue.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const workspaceId = newId()

let database: TestDatabase
let queue: Queue
let loop: JobLoop
beforeAll(async () => {
  database = await testDatabase()
  queue = await openQueue({ url: database.url, role: 'drayage_worker', connections: 3, supervise: false, log })
})
afterAll(async () => {
  await queue[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await database.owner.query('delete from pgboss.job')
})
afterEach(() => loop.stop())

type Run = JobTable['transfer.run']['run']

function start(options: { atOnce?: number; ofOneWorkspace?: number; drainMs?: number; onStop?: 'finish' | 'abort'; run: Run }): void {
  const idle = { atOnce: 1, onStop: 'finish' as const, run: async () => {} }
  loop = startJobLoop({
    boss: queue.boss,
    jobs: {
      'client.poll': idle,
      'transfer.run': {
        atOnce: options.atOnce ?? 10,
        ...(options.ofOneWorkspace && { ofOneWorkspace: options.ofOneWorkspace }),
        onStop: options.onStop ?? 'finish',
        run: options.run,
      },
      'client.export': idle,
      'connection_test.run': idle,
      'mail.send': idle,
    },
    log,
    idleMs: 20,
    touchMs: 1000,
    drainMs: options.drainMs ?? 1000,
    abortMs: 1000,
  })
}

const ask = async (transferIds: string[], requestId?: string, of = workspaceId) => {
  const db = database.as('drayage_worker', { connections: 1 })
  const payloads = transferIds.map((transferId) => ({ workspaceId: of, transferId, ...(requestId && { requestId }) }))
  await db.inWorkspace(of, (transaction) => queue.enqueueAll(transaction, 'transfer.run', payloads))
}
const states = async (): Promise<Record<string, number>> => {
  const { rows } = await database.owner.query('select state, count(*)::int as n from pgboss.job group by state')
  return Object.fromEntries(rows.map((row) => [row.state, row.n]))
}
const gate = () => Promise.withResolvers<void>()

test('every job runs once and is settled, many of them side by side', async () => {
  const ran = new Map<string, number>()
  let now = 0
  let most = 0
  start({
    atOnce: 50,
    run: async ({ transferId }) => {
      most = Math.max(most, ++now)
      await new Promise(setImmediate)
      now--
      ran.set(transferId, (ran.get(transferId) ?? 0) + 1)
    },
  })
  const ids = Array.from({ length: 1000 }, newId)
  await ask(ids)
  await vi.waitFor(async () => expect(await states()).toEqual({ completed: 1000 }), { timeout: 10_000 })
  expect([...ran.values()].every((times) => times === 1)).toBe(true)
  expect(ran.size).toBe(1000)
  expect(most).toBeGreaterThan(10)
  expect(most).toBeLessThanOrEqual(50)
})

test('jobs of one workspace that never end leave room for those of others', async () => {
  const held = gate()
  const other = newId()
  const running: string[] = []
  const ended: string[] = []
  start({
    atOnce: 4,
    ofOneWorkspace: 3,
    run: async (payload) => {
      running.push(payload.workspaceId)
      if (payload.workspaceId === workspaceId) await held.promise
      ended.push(payload.workspaceId)
    },
  })
  await ask(Array.from({ length: 20 }, newId))
  await vi.waitFor(() => expect(running).toEqual([workspaceId, workspaceId, workspaceId]))
  await ask(Array.from({ length: 5 }, newId), undefined, other)
  await vi.waitFor(() => expect(ended).toEqual(Array(5).fill(other)))
  expect(running.filter((id) => id === workspaceId)).toHaveLength(3)
  held.resolve()
  await vi.waitFor(async () => expect(await states()).toEqual({ completed: 25 }))
})

test('a wake-up for what is being worked on runs it once more afterwards, however many there are', async () => {
  const first = gate()
  const seen: number[] = []
  let at = 0
  start({
    run: async () => {
      seen.push(++at)
      if (at === 1) await first.promise
    },
  })
  const id = newId()
  await ask([id])
  await vi.waitFor(() => expect(seen).toEqual([1]))
  await ask([id, id, id])
  await vi.waitFor(async () => expect(await states()).toMatchObject({ completed: 2 }))
  expect(seen).toEqual([1])
  first.resolve()
  await vi.waitFor(async () => expect(await states()).toEqual({ completed: 4 }))
  expect(seen).toEqual([1, 2])
})

test('who asked makes no other work, and is told to it', async () => {
  const first = gate()
  const seen: (string | undefined)[] = []
  start({
    run: async (_, { requestId }) => {
      seen.push(requestId)
      await first.promise
    },
  })
  const id = newId()
  await ask([id], 'one')
  await vi.waitFor(() => expect(seen).toEqual(['one']))
  await ask([id], 'two')
  await ask([id])
  await vi.waitFor(async () => expect(await states()).toMatchObject({ completed: 1 }))
  expect(seen).toEqual(['one'])
  first.resolve()
  await vi.waitFor(async () => expect(await states()).toEqual({ completed: 3 }))
  expect(seen).toEqual(['one', 'two'])
})

test('a job that throws is failed and the others go on', async () => {
  const [bad, good] = [newId(), newId()]
  start({
    run: async ({ transferId }) => {
      if (transferId === bad) throw new Error('a bug')
    },
  })
  await ask([bad, good])
  await vi.waitFor(async () => expect(await states()).toEqual({ completed: 1, failed: 1 }))
})

test('stopping takes nothing new and waits for what runs', async () => {
  const running = gate()
  let ended = false
  start({
    atOnce: 1,
    run: async () => {
      await running.promise
      ended = true
    },
  })
  await ask([newId(), newId()])
  await vi.waitFor(async () => expect(await states()).toEqual({ active: 1, created: 1 }))
  const stopped = loop.stop()
  running.resolve()
  await stopped
  expect(ended).toBe(true)
  expect(await states()).toEqual({ completed: 1, created: 1 })
})

test('what does not end in time is told to by its signal', async () => {
  start({ drainMs: 50, run: (_, { signal }) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())) })
  await ask([newId()])
  await vi.waitFor(async () => expect(await states()).toEqual({ active: 1 }))
  await loop.stop()
  expect(await states()).toEqual({ completed: 1 })
})

test('what loses nothing by it is aborted at once', async () => {
  const untilAborted = (_: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  start({ drainMs: 60_000, onStop: 'abort', run: untilAborted })
  await ask([newId()])
  await vi.waitFor(async () => expect(await states()).toEqual({ active: 1 }))
  await loop.stop()
  expect(await states()).toEqual({ completed: 1 })
})

test('what is begun here needs no job, counts for the room there is, and is not begun twice', async () => {
  const ended = gate()
  const ran: string[] = []
  start({
    atOnce: 3,
    run: async ({ transferId }) => {
      ran.push(transferId)
      await ended.promise
    },
  })
  const [first, second] = [newId(), newId()]
  await ask([first])
  await vi.waitFor(() => expect(ran).toEqual([first]))
  loop.begin('transfer.run', [
    { transferId: first, workspaceId },
    { transferId: second, workspaceId },
  ])
  expect(ran).toEqual([first, second])
  expect(loop.room('transfer.run')).toBe(1)
  ended.resolve()
  await vi.waitFor(() => expect(loop.room('transfer.run')).toBe(3))
  await vi.waitFor(async () => expect(await states()).toEqual({ completed: 1 }))
})

test('waking looks at once', async () => {
  const ran = gate()
  const idle = { atOnce: 1, onStop: 'finish' as const, run: async () => {} }
  const table: Record<JobName, typeof idle> = {
    'client.poll': idle,
    'transfer.run': { ...idle, run: async () => ran.resolve() },
    'client.export': idle,
    'connection_test.run': idle,
    'mail.send': idle,
  }
  loop = startJobLoop({ boss: queue.boss, jobs: table, log, idleMs: 60_000, touchMs: 1000, drainMs: 1000, abortMs: 1000 })
  await ask([newId()])
  loop.wake(['transfer.run'])
  await ran.promise
})
