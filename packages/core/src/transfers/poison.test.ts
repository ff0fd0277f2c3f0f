import { connect } from '@drayage/db/connect'
import { wakeTransfers } from '@drayage/db/queries/transfers'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clearAttention } from '../ftp-clients/attention.ts'
import { remoteFault } from '../remotes/remote-faults.ts'
import { salesRegister } from '../testing/sales-register.ts'
import { settleFailure } from './failure.ts'
import { openHaul, someWorker } from './haul.fixture.ts'
import { holdTransfer } from './lease.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const register = salesRegister([{ number: 'A1' }])

test('a file that meets a bug three times is set aside, and the others go on', async () => {
  const haul = await openHaul(database)
  const bugs: string[] = []
  haul.ctx.log.error = (_, message) => void bugs.push(message)
  haul.ctx.server.interrupt = ({ operation, path, moment }) => {
    if (operation === 'read' && path.includes('odd') && moment === 'before') throw new TypeError('a case nobody thought of')
  }
  haul.drop('odd.csv', register)
  haul.drop('plain.csv', salesRegister([{ number: 'B1' }]))
  await haul.look()
  expect((await haul.transfers()).map(({ state, attempts }) => [state, attempts])).toEqual([
    ['claimed', 1],
    ['archived', 0],
  ])
  await haul.carryOn()
  await haul.carryOn()
  expect(bugs).toHaveLength(3)
  expect((await haul.transfers())[0]).toMatchObject({ state: 'quarantined', attempts: 3, code: 'transfer.bug' })
  expect(haul.files()['INPUT/FAILED/odd.csv']).toBe(register)
  expect(haul.ctx.mailbox.map(({ subject }) => subject)).toEqual(['[sandbox] odd.csv: set aside, please look at it (GST, SAP)'])
  haul.ctx.server.interrupt = undefined
  await haul.carryOn()
  expect(bugs).toHaveLength(3)
})

test('faults of the server never set a file aside, however many', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  haul.ctx.server.interrupt = ({ operation, path, moment }) => {
    if (operation === 'read' && path.includes('june') && moment === 'midway') throw remoteFault('remote.connection_lost')
  }
  await haul.look()
  for (let tries = 0; tries < 12; tries++) await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ state: 'claimed', attempts: 0, failures: 13 }])
  expect(haul.ctx.mailbox).toHaveLength(1)
  haul.ctx.server.interrupt = undefined
  await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ state: 'archived', attempts: 0, failures: 0 }])
})

test('a file over which a transaction stood idle until PostgreSQL ended it is tried again, then later and later, and is no crash', async () => {
  await using impatient = connect({ url: database.url, role: 'drayage_worker', connections: 1, idleInTransactionMs: 50 })
  const haul = await openHaul(database)
  const { workspaceId } = haul.client
  haul.drop('june.csv', register)
  haul.ctx.server.interrupt = ({ operation }) => {
    if (operation === 'read') throw remoteFault('remote.connection_lost')
  }
  await haul.look()
  const [transfer = { id: '' }] = await haul.transfers()
  const rename = "update workspaces set name = 'renamed' where id = $1"
  const ended = await impatient
    .inWorkspace(workspaceId, async ({ client }) => {
      await client.query(rename, [workspaceId])
      // Waits for the lock, and so for the end of the transaction around it.
      await haul.query(rename)
      await client.query('select 1')
    })
    .catch((error: unknown) => error)

  const waits: number[] = []
  for (const failures of [2, 3, 4]) {
    await haul.query("update transfers set run_at = now() - interval '1 second' where workspace_id = $1")
    const worker = someWorker()
    using lease = await holdTransfer(haul.ctx, { workspaceId, id: transfer.id }, worker)
    if (lease === undefined) throw new Error('the transfer is held by somebody')
    await settleFailure({ ctx: haul.ctx, lease }, ended, worker)
    expect(await haul.transfers()).toMatchObject([{ attempts: 0, failures, state: 'claimed', code: 'transfer.stood_still' }])
    const [{ seconds = 0 } = {}] = await haul.query<{ seconds: number }>(
      'select extract(epoch from run_at - now())::float as seconds from transfers where workspace_id = $1',
    )
    waits.push(seconds)
  }
  // At once as long as it may be chance, then after a minute or two, then after longer: less what has passed since.
  const [first = 0, second = 0, third = 0] = waits
  expect(first).toBeLessThan(1)
  expect([second > 50, second < 121, third > 110]).toEqual([true, true, true])
})

test('that PostgreSQL is away when a failure is to be written down is no fault of the file', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  const { db } = haul.ctx
  let away = 0
  haul.ctx.db = {
    ...db,
    inWorkspace: (workspaceIds, work) => {
      if (away-- > 0) return Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
      return db.inWorkspace(workspaceIds, work)
    },
  }
  haul.ctx.server.interrupt = ({ operation, moment }) => {
    if (operation !== 'read' || moment !== 'midway') return
    haul.ctx.server.interrupt = undefined
    away = 2
    throw remoteFault('remote.connection_lost')
  }
  await haul.look()
  expect(await haul.transfers()).toMatchObject([{ state: 'claimed', attempts: 0, failures: 1, code: 'remote.connection_lost' }])
  await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ state: 'archived', attempts: 0, failures: 0 }])
})

test('a server that lets us in no more stops its client after one try, and the file goes on when a person has acted', async () => {
  let refused = false
  const logIns: boolean[] = []
  const haul = await openHaul(database, {
    openRemote: async () => {
      logIns.push(refused)
      if (refused) throw remoteFault('remote.login_refused')
      return { remote: haul.ctx.server.open() }
    },
  })
  haul.drop('june.csv', register)
  haul.ctx.server.interrupt = ({ operation }) => {
    refused = refused || operation === 'read'
  }
  await haul.look()
  for (let tries = 0; tries < 3; tries++) {
    await haul.look()
    await haul.carryOn()
  }
  expect(logIns.filter(Boolean)).toHaveLength(1)
  expect(await haul.transfers()).toMatchObject([{ state: 'reported', attempts: 0, code: 'remote.login_refused' }])
  expect(haul.ctx.mailbox).toHaveLength(1)

  refused = false
  haul.ctx.server.interrupt = undefined
  const { workspaceId, ftpClientId } = haul.client
  await haul.query('delete from ftp_client_attentions where workspace_id = $1')
  await haul.ctx.db.inWorkspace(workspaceId, async (transaction) => {
    await clearAttention(haul.ctx, transaction, { workspaceId, ftpClientId })
    await wakeTransfers(transaction, { workspaceId, ftpClientId })
  })
  await haul.carryOn()
  expect(await haul.transfers()).toMatchObject([{ state: 'archived', attempts: 0 }])
})
