import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Database, Transaction } from '../connect.ts'
import type { TransferRow } from '../schema/transfers.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { takeDueTransfers } from './due.ts'
import { recordLook, type Sighting } from './looks.ts'
import {
  type Backend,
  currentBackend,
  findTransfer,
  insertTransfer,
  listLedger,
  moveTransfer,
  recordBackend,
  releaseLease,
  renewLease,
  takeLease,
} from './transfers.ts'

const workspaceId = '00000000-0000-7000-8000-000000000001'
const ftpClientId = '00000000-0000-7000-8000-000000000002'
let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await testDatabase()
  db = database.as('drayage_worker')
  await database.owner.query(`insert into workspaces (id, name) values ('${workspaceId}', 'w')`)
  await database.owner.query(
    `insert into ftp_clients (workspace_id, id, product, label, root_folder, protocol, host, port, base_directory, username, csv, time_zone, mail_policy, config_digest)
     values ('${workspaceId}', '${ftpClientId}', 'gst', 'l', 'R', 'sftp', 'h', 22, '/', 'u', '{}', 'UTC', 'problems', 'd')`,
  )
})
afterAll(() => database[Symbol.asyncDispose]())

let ids = 0
const nextId = () => `00000000-0000-7000-9000-${String(++ids).padStart(12, '0')}`

const clockNow = async ({ client }: Transaction): Promise<Date> =>
  (await client.query<{ now: Date }>('select clock_timestamp() as now')).rows[0]?.now as Date
type Seen = { fileName: string; size?: number; modified?: string }
async function look(files: Seen[], options: { quietSeconds: number; startedAt?: Date }) {
  return db.inWorkspace(workspaceId, async (transaction) =>
    recordLook(transaction, aLook(files, { ...options, startedAt: options.startedAt ?? (await clockNow(transaction)) })),
  )
}
function aLook(files: Seen[], options: { quietSeconds: number; startedAt: Date }): Parameters<typeof recordLook>[1] {
  const sightings = files.map(
    ({ fileName, size = 1, modified = 'm' }): Sighting => ({
      id: nextId(),
      inbox: 'IN',
      mode: 'live',
      fileName,
      path: `/IN/${fileName}`,
      size,
      modified,
    }),
  )
  const actionOf = { IN: 'upload_sales' }
  return { workspaceId, ftpClientId, product: 'gst', actionOf, folders: ['IN'], files: sightings, worker: 'w', ...options }
}
/** Resolves when a session of this database waits for another one. */
const somebodyWaits = () =>
  vi.waitFor(async () => {
    const text = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    expect((await database.owner.query(text)).rows).toHaveLength(1)
  })
const find = (id: string) => db.inWorkspace(workspaceId, (transaction) => findTransfer(transaction, { workspaceId, id }))
const take = (id: string, worker: string, leaseMs = 10_000) =>
  db.inWorkspace(workspaceId, (transaction) => takeLease(transaction, { workspaceId, id }, { worker, leaseMs }))
async function seenTransfer(fileName: string): Promise<string> {
  const { ready } = await look([{ fileName }], { quietSeconds: 0 })
  return ready[0] as string
}
const rowsNamed = async (fileName: string) =>
  (await database.owner.query('select id, state, run_at from transfers where file_name = $1 order by created_at', [fileName])).rows

test('a file that was equal in two looks quietSeconds apart is ready, and not before', async () => {
  const first = await look([{ fileName: 'quiet.csv' }], { quietSeconds: 3600 })
  expect(first.ready).toEqual([])
  expect(first.lookAgainInSeconds).toBeGreaterThan(3590)
  const tooEarly = await look([{ fileName: 'quiet.csv' }], { quietSeconds: 3600 })
  expect(tooEarly.ready).toEqual([])
  const late = await look([{ fileName: 'quiet.csv' }], { quietSeconds: 3600, startedAt: new Date(Date.now() + 3_700_000) })
  expect(late.ready).toHaveLength(1)
  expect(late.lookAgainInSeconds).toBeUndefined()
})

test('a change of size or time starts the quiet time again', async () => {
  await look([{ fileName: 'grows.csv', size: 1 }], { quietSeconds: 1 })
  await database.owner.query("update transfers set quiet_since = quiet_since - interval '1 hour' where file_name = 'grows.csv'")
  const grown = await look([{ fileName: 'grows.csv', size: 2 }], { quietSeconds: 3600 })
  expect(grown.ready).toEqual([])
  await database.owner.query("update transfers set quiet_since = quiet_since - interval '1 hour' where file_name = 'grows.csv'")
  const touched = await look([{ fileName: 'grows.csv', size: 2, modified: 'later' }], { quietSeconds: 3600 })
  expect(touched.ready).toEqual([])
})

test('a file that is listed again after it ended is a new transfer, with its old time as well', async () => {
  const id = await seenTransfer('again.csv')
  await database.owner.query("update transfers set state = 'archived', ended_at = now(), run_at = null where id = $1", [id])
  const { ready } = await look([{ fileName: 'again.csv' }], { quietSeconds: 0 })
  expect(ready).toHaveLength(1)
  expect(await rowsNamed('again.csv')).toHaveLength(2)
})

test('a listing that is older than the claim makes no second transfer', async () => {
  const startedAt = await db.inWorkspace(workspaceId, clockNow)
  const id = await seenTransfer('claimed-meanwhile.csv')
  await database.owner.query("update transfers set state = 'claimed', updated_at = clock_timestamp() where id = $1", [id])
  await look([{ fileName: 'claimed-meanwhile.csv' }], { quietSeconds: 0, startedAt })
  expect(await rowsNamed('claimed-meanwhile.csv')).toHaveLength(1)
})

test('of looks at once the later one sees what became of a file since, and makes no second transfer', async () => {
  const recorded = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const first = db.inWorkspace(workspaceId, async (transaction) => {
    await recordLook(transaction, aLook([{ fileName: 'held.csv' }], { quietSeconds: 0, startedAt: await clockNow(transaction) }))
    recorded.resolve()
    await released.promise
  })
  await recorded.promise
  const startedAt = await db.inWorkspace(workspaceId, clockNow)
  const second = look([{ fileName: 'held.csv' }, { fileName: 'quick.csv' }], { quietSeconds: 0, startedAt })
  await somebodyWaits()
  await database.owner.query(
    `insert into transfers (workspace_id, id, ftp_client_id, product, action, mode, inbox, file_name, path, state)
     values ($1, $2, $3, 'gst', 'upload_sales', 'live', 'IN', 'quick.csv', '/IN/quick.csv', 'claimed')`,
    [workspaceId, nextId(), ftpClientId],
  )
  released.resolve()
  await Promise.all([first, second])
  expect(await rowsNamed('held.csv')).toHaveLength(1)
  expect(await rowsNamed('quick.csv')).toHaveLength(1)
})

test('a seen file that is not listed any more has vanished', async () => {
  const id = await seenTransfer('gone.csv')
  await look([], { quietSeconds: 0 })
  expect((await find(id))?.state).toBe('vanished')
})

test('of many workers that want a transfer at once exactly one gets it', async () => {
  const id = await seenTransfer('wanted.csv')
  const taken = await Promise.all(['a', 'b', 'c', 'd'].map((worker) => take(id, worker)))
  expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1)
})

test('a held transfer is due as soon as its lease runs out, whatever it had been put off to', async () => {
  const id = await seenTransfer('put-off.csv')
  await database.owner.query("update transfers set run_at = now() + interval '1 hour' where id = $1", [id])
  await take(id, 'dies')
  const due = await database.owner.query('select run_at <= clock_timestamp() as due from transfers where id = $1', [id])
  expect(due.rows).toEqual([{ due: true }])
})

test('a lease that ran out is taken over with a higher fence, and the former holder writes nothing any more', async () => {
  const id = await seenTransfer('zombie.csv')
  const zombie = await take(id, 'zombie', -1)
  const heir = await take(id, 'heir', 1)
  if (zombie === undefined || heir === undefined) throw new Error('both must have held it')
  expect(heir.fence).toBe(zombie.fence + 1)
  expect(heir.attempts).toBe(1)
  const moved = (transfer: typeof zombie) =>
    db.inWorkspace(workspaceId, (transaction) =>
      moveTransfer(transaction, transfer, { state: 'claiming', worker: 'x', set: {}, details: {} }),
    )
  expect(await moved(zombie)).toBeUndefined()
  expect(await db.inWorkspace(workspaceId, (transaction) => renewLease(transaction, zombie, { leaseMs: 1000 }))).toBe(false)
  expect(await db.inWorkspace(workspaceId, (transaction) => releaseLease(transaction, zombie, {}))).toBe(false)
  expect((await moved(heir))?.state).toBe('claiming')
  const ledger = await db.inWorkspace(workspaceId, (transaction) => listLedger(transaction, { workspaceId, id }))
  expect(ledger.map((line) => line.state)).toEqual(['seen', 'claiming'])
})

test('a lease given back in order counts as no crash', async () => {
  const id = await seenTransfer('orderly.csv')
  for (const worker of ['a', 'b', 'c']) {
    const held = await take(id, worker)
    expect(held?.attempts).toBe(0)
    await db.inWorkspace(workspaceId, (transaction) => releaseLease(transaction, held ?? expect.fail(), { inSeconds: 0 }))
  }
})

test('a take-over ends the database session in which the former holder imports, and no other of the same number', async () => {
  const id = await seenTransfer('stuck.csv')
  const stopped = (await take(id, 'stopped', 1)) ?? expect.fail()
  let announce: (backend: Backend) => void = () => {}
  const announced = new Promise<Backend>((resolve) => {
    announce = resolve
  })
  const stuck = db.inWorkspace(workspaceId, async (transaction) => {
    announce(await currentBackend(transaction))
    await transaction.client.query('select pg_sleep(60)')
  })
  const ended = expect(stuck).rejects.toThrow(/terminat/)
  const backend = await announced
  const importing = (transfer: TransferRow, recorded: Backend) =>
    db.inWorkspace(workspaceId, (transaction) => recordBackend(transaction, transfer, recorded))

  await importing(stopped, { ...backend, started: '2000-01-01' })
  const second = (await take(id, 'second', 1)) ?? expect.fail()
  const alive = await database.owner.query('select from pg_stat_activity where pid = $1', [backend.pid])
  expect(alive.rowCount).toBe(1)

  await importing(second, backend)
  await take(id, 'third')
  await ended
})

test('a file that a look could not list is not ready by it', async () => {
  await look([{ fileName: 'hidden.csv' }], { quietSeconds: 1 })
  await database.owner.query("update transfers set quiet_since = quiet_since - interval '1 hour' where file_name = 'hidden.csv'")
  const blind = await db.inWorkspace(workspaceId, async (transaction) =>
    recordLook(transaction, {
      workspaceId,
      ftpClientId,
      product: 'gst',
      actionOf: {},
      folders: [],
      files: [],
      startedAt: await clockNow(transaction),
      quietSeconds: 1,
      worker: 'w',
    }),
  )
  expect(blind).toEqual({ ready: [], lookAgainInSeconds: undefined })
})

test('a transfer that was not seen on a server waits for its wake-up call, and is called again if that is lost', async () => {
  const id = nextId()
  const made = { workspaceId, id, product: 'gst', action: 'upload_sales', mode: 'live', fileName: 'by-api.csv' } as const
  await db.inWorkspace(workspaceId, (transaction) => insertTransfer(transaction, made, {}))
  const called = async () => (await db.sweep((transaction) => takeDueTransfers(transaction, { limit: 100 }))).map((due) => due.transferId)
  expect(await called()).not.toContain(id)
  await database.owner.query("update transfers set run_at = run_at - interval '31 seconds' where id = $1", [id])
  expect(await called()).toContain(id)
})
