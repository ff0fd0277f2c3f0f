import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { asFault } from '../faults.ts'
import { newId } from '../id.ts'
import { memoryServer } from './memory.ts'
import type { Endpoint, Remote } from './remote.ts'
import { remoteFault } from './remote-faults.ts'
import { openSessions, type Sessions } from './sessions.ts'
import { openSlots, type Slots } from './slots.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const open: Sessions[] = []
afterEach(async () => {
  for (const sessions of open.splice(0)) await sessions[Symbol.asyncDispose]()
})

const log = { debug() {}, info() {}, warn() {}, error() {} }
const signal = new AbortController().signal

/** A server that counts its sessions, and refuses what a test tells it to. */
function countedServer() {
  const files = memoryServer()
  const server = { files, now: 0, most: 0, opened: 0, refuse: undefined as (() => Error) | undefined, openRemote }
  async function openRemote() {
    server.opened++
    if (server.refuse) throw server.refuse()
    server.most = Math.max(server.most, ++server.now)
    const remote = files.open()
    const end = async () => {
      server.now--
      await remote[Symbol.asyncDispose]()
    }
    let ended: Promise<void> | undefined
    return { remote: { ...remote, [Symbol.asyncDispose]: () => (ended ??= end()) } }
  }
  return server
}

type Server = ReturnType<typeof countedServer>

type Options = { leaseMs?: number; waitMs?: number; idleMs?: number; idleLimit?: number; onTake?(): void }

async function worker(server: Server, options: Options = {}) {
  const { leaseMs = 5000, waitMs = 3000, idleMs = 60_000, idleLimit = 100, onTake } = options
  const counted = await openSlots({ db: database.as('drayage_worker'), worker: newId(), leaseMs })
  const slots: Slots = {
    ...counted,
    take: (wish) => {
      onTake?.()
      return counted.take(wish)
    },
  }
  const sessions = openSessions({ slots, openRemote: server.openRemote, log, waitMs, idleMs, idleLimit, beatMs: 50 })
  open.push(sessions)
  return sessions
}

const wish = (endpoint: string, more: { owner?: string; most?: number; shares?: boolean; signal?: AbortSignal } = {}) => ({
  signal,
  ...more,
  endpoint,
  owner: more.owner ?? 'client and its password',
  most: more.most ?? 2,
  enter: async () => ({}) as Endpoint,
})
const giveBack = (remote: Remote) => remote[Symbol.asyncDispose]()
const faultOf = async (work: Promise<unknown>) => asFault(await work.catch((error: unknown) => error))
const codeOf = async (work: Promise<unknown>) => (await faultOf(work))?.code

test('a session is given to the next use of the same client, and to nobody else', async () => {
  const server = countedServer()
  const sessions = await worker(server)
  const endpoint = newId()
  await giveBack((await sessions.borrow(wish(endpoint))).remote)
  const again = await sessions.borrow(wish(endpoint))
  expect(again.idleMs).toBeGreaterThanOrEqual(0)
  await giveBack(again.remote)
  expect(server.opened).toBe(1)
  const changed = await sessions.borrow(wish(endpoint, { owner: 'client and its next password' }))
  expect(changed.idleMs).toBeUndefined()
  expect(server.opened).toBe(2)
})

test('four workers, one server: never more sessions than there are slots, and everybody gets a turn', async () => {
  const server = countedServer()
  const patient = { waitMs: 20_000 }
  const workers = await Promise.all([1, 2, 3, 4].map(() => worker(server, patient)))
  const endpoint = newId()
  let turns = 0
  await Promise.all(
    workers.flatMap((sessions, at) =>
      Array.from({ length: 5 }, async () => {
        const { remote } = await sessions.borrow({ ...wish(endpoint, { owner: `client ${at}` }), signal })
        await remote.stat('/')
        turns++
        await giveBack(remote)
      }),
    ),
  )
  expect(turns).toBe(20)
  expect(server.most).toBe(2)
})

test('who waits for a session of this very worker asks the database for nothing', async () => {
  const server = countedServer()
  let asked = 0
  const sessions = await worker(server, {
    onTake: () => {
      asked++
    },
  })
  const endpoint = newId()
  const first = [await sessions.borrow(wish(endpoint)), await sessions.borrow(wish(endpoint))]
  const served: number[] = []
  const waiting = Array.from({ length: 20 }, async (_, at) => {
    const { remote } = await sessions.borrow(wish(endpoint))
    served.push(at)
    await giveBack(remote)
  })
  for (const { remote } of first) await giveBack(remote)
  await Promise.all(waiting)
  expect({ asked, opened: server.opened }).toEqual({ asked: 2, opened: 2 })
  expect(served).toHaveLength(20)
})

test('those who move little use the sessions that are open at the same time, as many as the protocol bears', async () => {
  const server = countedServer()
  const sessions = await worker(server, { waitMs: 100 })
  const endpoint = newId()
  const small = () => sessions.borrow(wish(endpoint, { shares: true }))
  const { usesAtOnce } = server.files.open()
  const lent = await Promise.all(Array.from({ length: 2 * usesAtOnce }, small))
  expect(server.opened).toBe(2)
  expect(await codeOf(small())).toBe('remote.no_slot')
  const [first, ...others] = lent.map(({ remote }) => remote)
  await giveBack(first as Remote)
  const next = await small()
  expect(next.idleMs).toBe(0)
  await Promise.all([next.remote, ...others].map(giveBack))
  expect(server).toMatchObject({ opened: 2, now: 2 })
})

test('who needs a session for himself, or has other credentials, is not kept waiting by those who share', async () => {
  const server = countedServer()
  const sessions = await worker(server)
  const endpoint = newId()
  const small = () => sessions.borrow(wish(endpoint, { most: 1, shares: true }))
  const turns: string[] = []
  const turn = async (who: string, borrowed: ReturnType<Sessions['borrow']>) => {
    const { remote } = await borrowed
    turns.push(who)
    await giveBack(remote)
  }
  const shared = [await small(), await small()]
  const large = turn('large', sessions.borrow(wish(endpoint, { most: 1 })))
  const other = turn('other', sessions.borrow(wish(endpoint, { most: 1, owner: 'another client', shares: true })))
  const later = turn('later', small())
  for (const { remote } of shared) await giveBack(remote)
  await Promise.all([large, other, later])
  expect([...turns].sort()).toEqual(['large', 'later', 'other'])
  expect(server.most).toBe(1)
})

test('a session that is told to end by one who shares it goes on for the others, and is used by nobody else', async () => {
  const server = countedServer()
  const sessions = await worker(server)
  const endpoint = newId()
  const [mine, theirs] = [new AbortController(), new AbortController()]
  const small = (signal: AbortSignal) => sessions.borrow(wish(endpoint, { most: 1, shares: true, signal }))
  const { remote } = await small(mine.signal)
  const other = (await small(theirs.signal)).remote
  mine.abort()
  await giveBack(remote)
  expect(await other.stat('/')).toBeDefined()
  theirs.abort()
  await vi.waitFor(() => expect(server.now).toBe(0))
  await giveBack(other)
  await giveBack((await small(signal)).remote)
  expect(server.opened).toBe(2)
})

test('an idle session of another worker is closed when somebody waits for its slot', async () => {
  const server = countedServer()
  const [holder, other] = [await worker(server), await worker(server)]
  const endpoint = newId()
  await giveBack((await holder.borrow(wish(endpoint, { most: 1 }))).remote)
  const { remote } = await other.borrow(wish(endpoint, { most: 1 }))
  expect(server).toMatchObject({ opened: 2, most: 1, now: 1 })
  await giveBack(remote)
})

test('who waits for a slot in vain is told that nobody is to blame, and when to come again', async () => {
  const server = countedServer()
  const sessions = await worker(server, { waitMs: 100 })
  const endpoint = newId()
  const { remote } = await sessions.borrow(wish(endpoint, { most: 1 }))
  const refused = await faultOf(sessions.borrow(wish(endpoint, { most: 1 })))
  expect(refused).toMatchObject({ kind: 'unavailable', code: 'remote.no_slot', details: { retryInSeconds: expect.any(Number) } })
  await giveBack(remote)
})

test('the slots of a worker that died are free when its lease has run out, and not before', async () => {
  const server = countedServer()
  const endpoint = newId()
  const dead = await openSlots({ db: database.as('drayage_worker'), worker: newId(), leaseMs: 60_000 })
  const taken = await dead.take({ endpoint, most: 1 })
  expect(taken).toMatchObject({ slot: 1 })
  const living = await worker(server, { waitMs: 200 })
  expect(await codeOf(living.borrow(wish(endpoint, { most: 1 })))).toBe('remote.no_slot')
  // A restart of PostgreSQL gives everybody their time again; it was long ago.
  await database.owner.query("update workers set alive_until = now() - interval '1 s', lease = '0' where lease = '60 s'")
  await giveBack((await living.borrow(wish(endpoint, { most: 1 }))).remote)
})

test('a worker that was taken for dead ends the sessions whose slots others have now', async () => {
  const server = countedServer()
  const [stopped, other] = [await worker(server, { leaseMs: 60_000 }), await worker(server)]
  const endpoint = newId()
  const { remote } = await stopped.borrow(wish(endpoint, { most: 1 }))
  await database.owner.query("update endpoint_slots set worker = 'nobody' where endpoint = $1", [endpoint])
  await database.owner.query("update workers set alive_until = now() - interval '1 s', lease = '0' where lease = '60 s'")
  const theirs = await other.borrow(wish(endpoint, { most: 1 }))
  await vi.waitFor(() => expect(server.now).toBe(1))
  expect(await codeOf(remote.stat('/'))).toBe('remote.connection_lost')
  await giveBack(remote)
  await giveBack(theirs.remote)
})

test('what nobody used for long is closed, and so is what is too many', async () => {
  const server = countedServer()
  const sessions = await worker(server, { idleMs: 100, idleLimit: 1 })
  const lent = await Promise.all([newId(), newId()].map(async (endpoint) => (await sessions.borrow(wish(endpoint))).remote))
  await Promise.all(lent.map(giveBack))
  expect(server.now).toBe(1)
  await vi.waitFor(() => expect(server.now).toBe(0))
  const { rows } = await database.owner.query(
    "select from endpoint_slots s join living_workers w on w.name = s.worker where worker <> 'nobody'",
  )
  expect(rows.length).toBeLessThanOrEqual(1)
})

test('a session that died is not given to anybody again', async () => {
  const server = countedServer()
  const sessions = await worker(server)
  const endpoint = newId()
  const { remote } = await sessions.borrow(wish(endpoint))
  server.files.interrupt = () => {
    throw remoteFault('remote.connection_lost')
  }
  expect(await codeOf(remote.stat('/'))).toBe('remote.connection_lost')
  await giveBack(remote)
  server.files.interrupt = undefined
  expect((await sessions.borrow(wish(endpoint))).idleMs).toBeUndefined()
})

test('a wrong password is tried once by all who wait', async () => {
  const server = countedServer()
  const sessions = await worker(server)
  const endpoint = newId()
  server.refuse = () => remoteFault('remote.login_refused')
  const wishes = [1, 2].map(() => codeOf(sessions.borrow(wish(endpoint))))
  expect(await Promise.all(wishes)).toEqual(['remote.login_refused', 'remote.login_refused'])
  expect(server.opened).toBe(1)
})

test('an endpoint that did not answer five times is left alone by every worker, and then one tries for all', async () => {
  const server = countedServer()
  const [first, second] = [await worker(server), await worker(server)]
  const endpoint = newId()
  server.refuse = () => remoteFault('remote.connect_failed')
  for (let tries = 0; tries < 5; tries++) expect(await codeOf(first.borrow(wish(endpoint)))).toBe('remote.connect_failed')
  const refused = await faultOf(second.borrow(wish(endpoint)))
  expect(refused).toMatchObject({ kind: 'unreachable', code: 'remote.connect_failed' })
  expect(refused?.details.retryInSeconds).toBeGreaterThan(5)
  expect(server.opened).toBe(5)

  // A person who tests the connection is let through.
  await (await second.reserve({ endpoint, most: 2, signal }))[Symbol.asyncDispose]()
  await database.owner.query('update endpoint_troubles set rests_until = now() where endpoint = $1', [endpoint])
  const entering = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  server.refuse = undefined
  const probe = first.borrow({
    ...wish(endpoint),
    enter: async () => {
      entering.resolve()
      await gate.promise
      return {} as Endpoint
    },
  })
  await entering.promise
  const rest = second.borrow(wish(endpoint))
  gate.resolve()
  await giveBack((await probe).remote)
  await giveBack((await rest).remote)
  expect(server.opened).toBe(7)
})

test('a server without room for as many as it may have is asked for fewer, and that is nobody’s failure', async () => {
  const server = countedServer()
  const sessions = await worker(server, { waitMs: 200 })
  const endpoint = newId()
  const { remote } = await sessions.borrow(wish(endpoint, { most: 3 }))
  server.refuse = () => remoteFault('remote.too_many_sessions')
  expect(await codeOf(sessions.borrow(wish(endpoint, { most: 3 })))).toBe('remote.no_slot')
  expect(await codeOf(sessions.borrow(wish(endpoint, { most: 3 })))).toBe('remote.no_slot')
  expect(server.opened).toBe(2)
  await giveBack(remote)
})
