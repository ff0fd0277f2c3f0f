import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { remoteFault } from '../remotes/remote-faults.ts'
import { salesRegister } from '../testing/sales-register.ts'
import { type Haul, openHaul, someWorker } from './haul.fixture.ts'
import { runTransfer } from './run-transfer.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const register = salesRegister([{ number: 'A1' }, { number: 'A2', bad: true }])
const subjects = (haul: Haul) => haul.ctx.mailbox.map((mail) => mail.subject)

test('a file whose claimed folder is missing waits, and its client says why', async () => {
  const haul = await openHaul(database)
  const root = haul.ctx.server.open()
  const processing = haul.client.layout.path('UPLOAD_SALES/INPUT/PROCESSING')
  await root.removeDirectory(processing)
  haul.drop('june.csv', register)
  for (let looks = 0; looks < 3; looks++) await haul.look()
  expect(await haul.transfers()).toMatchObject([{ state: 'claiming', attempts: 0, code: 'remote.not_found' }])
  expect(haul.files()).toHaveProperty('INPUT/INIT/june.csv')
  expect(subjects(haul)).toEqual([expect.stringContaining('attention')])

  await root.makeDirectory(processing)
  await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ state: 'archived' }])
})

test('a server that sends more than it announced is not read on, and after five times the file is set aside', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  const { openRemote } = haul.ctx
  haul.ctx.openRemote = async (endpoint) => {
    const opened = await openRemote(endpoint)
    const stat: typeof opened.remote.stat = async (path) => {
      const found = await opened.remote.stat(path)
      return found?.type === 'file' ? { ...found, size: 10 } : found
    }
    return { ...opened, remote: { ...opened.remote, stat } }
  }
  for (let looks = 0; looks < 6; looks++) {
    await haul.look()
    await haul.carryOn()
  }
  expect(await haul.transfers()).toMatchObject([{ state: 'quarantined', attempts: 0, code: 'transfer.never_still' }])
  expect(haul.files()).toHaveProperty('INPUT/FAILED/june.csv')
  expect(await haul.query('select from files where workspace_id = $1')).toEqual([])
  expect(await haul.query('select from file_chunks where workspace_id = $1')).toEqual([])
})

test('a file that is too large is answered in the error file and put into the failed folder', async () => {
  const haul = await openHaul(database, { settings: { maxFileBytes: 10 } })
  haul.drop('june.csv', register)
  await haul.look()
  expect(await haul.transfers()).toMatchObject([{ state: 'archived', outcome: { fatal: { code: 'file.too_large' } } }])
  const files = haul.files()
  expect(files['OUTPUT/UPLOAD_ERROR/june.csv']).toContain('10 are allowed')
  expect(files).toHaveProperty('INPUT/FAILED/june.csv')
})

test.each(['claimed', 'fetched', 'imported'])('a database that is busy at %s counts as no crash, and the file goes on', async (state) => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  const { db } = haul.ctx
  let refusals = 3
  const busy = new Error('timeout exceeded when trying to connect')
  haul.ctx.db = {
    ...db,
    inWorkspace: async (workspaceId, work) => {
      const [transfer] = await haul.transfers()
      if (transfer?.state === state && refusals-- > 0) throw busy
      return db.inWorkspace(workspaceId, work)
    },
  }
  await haul.look()
  expect(refusals).toBeLessThanOrEqual(0)
  await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ state: 'archived', attempts: 0, failures: 0 }])
})

test('what a look saw of a client that was deleted meanwhile is forgotten', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  haul.ctx.server.interrupt = async ({ operation, moment }) => {
    if (operation === 'list' && moment === 'after') await haul.query('update ftp_clients set deleted_at = now() where workspace_id = $1')
  }
  await haul.look()
  expect(await haul.transfers()).toEqual([])
})

test('a look at the server that a client had before it was changed is forgotten', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  haul.ctx.server.interrupt = async ({ operation, moment }) => {
    if (operation === 'list' && moment === 'after')
      await haul.query("update ftp_clients set config_digest = 'other' where workspace_id = $1")
  }
  await haul.look()
  expect(await haul.transfers()).toEqual([])
})

test('a worker that wakes up does not remove what its successor is writing', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  const lost = () => {
    throw remoteFault('remote.connection_lost')
  }
  haul.ctx.server.interrupt = ({ operation, path, moment }) => {
    if (operation === 'write' && path.includes('OUTPUT') && moment === 'midway') lost()
  }
  await haul.look()
  const [transfer] = await haul.transfers()
  expect(transfer?.state).toBe('reported')
  const run = () => runTransfer(haul.ctx, { workspaceId: haul.client.workspaceId, transferId: transfer?.id ?? '' }, someWorker())

  const stalled = Promise.withResolvers<void>()
  const woken = Promise.withResolvers<void>()
  let lists = 0
  let writes = 0
  haul.ctx.server.interrupt = async ({ operation, path, moment }) => {
    if (!path.includes('OUTPUT')) return
    if (operation === 'list' && moment === 'before' && ++lists === 1) {
      stalled.resolve()
      await woken.promise
    }
    if (operation === 'write' && moment === 'midway' && ++writes === 1) {
      woken.resolve()
      await sleeper
    }
  }
  const sleeper = run()
  await stalled.promise
  await haul.query("update transfers set lease_until = now() - interval '1 second' where workspace_id = $1")
  await run()
  await sleeper
  expect(await haul.transfers()).toMatchObject([{ state: 'archived', attempts: 1, failures: 0 }])
  expect(Object.keys(haul.files()).filter((path) => path.endsWith('.part'))).toEqual([])
  expect(subjects(haul).filter((subject) => subject.includes('attention'))).toEqual([])
})

test('a file that was set aside and cannot be put into the failed folder stays where it is, and is left alone', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  haul.ctx.server.interrupt = ({ operation, to }) => {
    if (operation === 'move' && to?.includes('PROCESSED')) throw remoteFault('remote.permission_denied', { path: to })
    if (operation === 'move' && to?.includes('FAILED')) throw new TypeError('a bug')
  }
  haul.ctx.log.error = () => {}
  await haul.look()
  await haul.query('update transfers set attempts = 3 where workspace_id = $1')
  for (let runs = 0; runs < 3; runs++) await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ state: 'quarantined', code: 'transfer.poison' }])
  expect(await haul.query('select from transfers where workspace_id = $1 and run_at is not null')).toEqual([])
})

test('files that go well beside one that cannot say neither that all is well nor again that something is not', async () => {
  const haul = await openHaul(database)
  haul.ctx.server.interrupt = ({ operation, path }) => {
    if (operation === 'write' && path.includes('stuck')) throw remoteFault('remote.permission_denied', { path })
  }
  haul.drop('stuck.csv', register)
  await haul.look()
  for (const number of ['B1', 'B2', 'B3']) {
    haul.drop(`${number}.csv`, salesRegister([{ number }]))
    await haul.look()
    await haul.carryOn()
  }
  const told = subjects(haul).filter((subject) => /attention|again/.test(subject))
  expect(told).toHaveLength(1)
})

test('a file that finds no room at its server waits without a failure, and nobody is told', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  const { openRemote } = haul.ctx
  let room = true
  haul.ctx.openRemote = async (endpoint) => {
    if (!room) throw remoteFault('remote.no_slot', { retryInSeconds: 2 })
    room = false
    return openRemote(endpoint)
  }
  await haul.look()
  for (let runs = 0; runs < 4; runs++) await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ attempts: 0, failures: 0, code: null }])
  expect(subjects(haul)).toEqual([])
  haul.ctx.openRemote = openRemote
  await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ state: 'archived' }])
})
