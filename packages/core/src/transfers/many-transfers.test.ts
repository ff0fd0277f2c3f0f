import { findLoaded } from '@drayage/db/queries/imports'
import { findTransfer, othersFail, sharesName } from '@drayage/db/queries/transfers'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { notedDatabase } from '../testing/noted-database.ts'
import { salesRegister } from '../testing/sales-register.ts'
import { openHaul, type TransferFacts } from './haul.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

test('what a file asks of the others of its client looks at few of them, however many there were', async () => {
  const haul = await openHaul(database)
  const { workspaceId } = haul.client
  haul.drop('june.csv', salesRegister([{ number: 'A1' }]))
  await haul.look()
  const [{ id }] = (await haul.transfers()) as [TransferFacts]
  await haul.query(
    `insert into transfers (workspace_id, id, ftp_client_id, product, action, mode, file_name, path, state, sha256, loaded, ended_at)
     select workspace_id, gen_random_uuid(), ftp_client_id, product, action, mode, file_name, path, 'archived', md5(n::text), true, now()
     from transfers, generate_series(1, 5000) n where workspace_id = $1`,
  )
  // As autovacuum does within a minute.
  await database.owner.query('analyze transfers')
  const noted = notedDatabase(haul.ctx.db)
  await noted.db.inWorkspace(workspaceId, async (transaction) => {
    const transfer = await findTransfer(transaction, { workspaceId, id })
    if (transfer?.sha256 == null) throw new Error('the file was not imported')
    const { ftpClientId, product, action, mode, sha256 } = transfer
    const same = { workspaceId, product, action, mode, sha256, besides: workspaceId }
    expect(await findLoaded(transaction.client, { ...same, ftpClientId })).toEqual([id])
    expect(await findLoaded(transaction.client, { ...same, ftpClientId: null })).toEqual([])
    expect(await othersFail(transaction, transfer)).toBe(false)
    expect(await sharesName(transaction, transfer)).toBe(false)
  })
  const plans = await noted.plans(workspaceId)
  expect(plans).toHaveLength(4)
  for (const plan of plans) {
    expect(plan).not.toMatch(/Seq Scan/)
    const numbers = [...plan.matchAll(/rows=(\d+)|Rows Removed by Filter: (\d+)/g)].map(([, rows, removed]) => Number(rows ?? removed))
    expect(Math.max(...numbers), plan).toBeLessThan(10)
  }
})
