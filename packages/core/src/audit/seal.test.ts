import { createHash } from 'node:crypto'
import type { Database } from '@drayage/db/connect'
import { insertWorkspace } from '@drayage/db/queries/workspaces'
import type { AuditEventRow } from '@drayage/db/schema/audit'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { generateApiKeyring, parseApiKeyring } from '../access/api-keyring.ts'
import { newId } from '../id.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { audit } from './append.ts'
import { eventHash, verifyChain } from './chain.ts'
import { type SealOptions, sealChains } from './seal.ts'
import { verifyTrail } from './verify.ts'

let database: TestDatabase
let ctx: TestContext
let api: Database
let workspaceId: string
let troubles: object[]
const { sealKey: key } = parseApiKeyring(generateApiKeyring())
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database })
  api = database.as('drayage_api')
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  troubles = []
  workspaceId = newId()
  await ctx.db.inWorkspace(workspaceId, (transaction) => insertWorkspace(transaction, { id: workspaceId, name: 'Lotus' }))
})

const append = async (...changes: number[]) => {
  for (const change of changes) {
    await ctx.db.inWorkspace(workspaceId, (transaction) =>
      audit(ctx, transaction, { workspaceId, action: 'thing.changed', subject: 'thing', after: { change } }),
    )
  }
}
const seal = (options: Partial<SealOptions> = {}) =>
  sealChains(api, { key, now: ctx.now, log: { ...ctx.log, error: (fields) => troubles.push(fields) }, pageSize: 2, ...options })
const verify = () =>
  ctx.db.inWorkspace(workspaceId, (transaction) => verifyChain(transaction, { workspaceId }, { pageSize: 3, sealKey: key }))

/** As somebody who owns the database would. */
async function tamper(
  work: (query: (text: string, values?: unknown[]) => Promise<{ rows: Record<string, unknown>[] }>) => Promise<unknown>,
) {
  const client = await database.owner.connect()
  try {
    await client.query('set session_replication_role = replica')
    await work((text, values = [workspaceId]) => client.query(text, values))
  } finally {
    await client.query('set session_replication_role = default')
    client.release()
  }
}

/** Changes one event and every hash after it, so that the chain agrees with itself again. */
const rewrite = (from: number) =>
  tamper(async (query) => {
    const { rows } = await query(
      `select workspace_id as "workspaceId", ordinal::int, id, at, actor, action, subject, subject_id as "subjectId", product, before, after,
        request_id as "requestId", previous_hash as "previousHash", hash from audit_events where workspace_id = $1 order by ordinal`,
    )
    let previousHash = ''
    for (const row of rows as AuditEventRow[]) {
      const changed = { ...row, previousHash, ...(row.ordinal === from && { after: { change: 'never happened' } }) }
      const hash = eventHash(changed)
      const set = 'update audit_events set after = $3, previous_hash = $4, hash = $5 where workspace_id = $1 and ordinal = $2'
      await query(set, [workspaceId, row.ordinal, changed.after, previousHash, hash])
      previousHash = hash
    }
    await query('update audit_heads set hash = $2 where workspace_id = $1', [workspaceId, previousHash])
  })

test('a chain is sealed when it has grown, and once', async () => {
  await append(1, 2, 3)
  await Promise.all([seal(), seal()])
  expect(await verify()).toEqual({ events: 3, sealed: 3 })
  await append(4)
  expect(await verify()).toEqual({ events: 4, sealed: 3 })
  await seal()
  await seal()
  expect(await verify()).toEqual({ events: 4, sealed: 4 })
  const { rowCount } = await database.owner.query('select from audit_seals where workspace_id = $1', [workspaceId])
  expect(rowCount).toBe(2)
})

test('a history that was written anew, hashes and all, contradicts its seal', async () => {
  await append(1, 2)
  await seal()
  await append(3, 4, 5)
  await seal()
  await append(6)
  await rewrite(4)
  expect(await verify()).toEqual({ events: 6, sealed: 2, broken: { ordinal: 3, reason: 'rewritten' } })
  await rewrite(1)
  expect((await verify()).broken).toEqual({ ordinal: 1, reason: 'rewritten' })
})

test('a chain that grew after it was written anew gets no seal, and is counted as broken each time', async () => {
  await append(1, 2)
  await tamper((query) => query("update audit_events set after = '{}' where workspace_id = $1 and ordinal = 2"))
  const { broken } = await seal()
  expect(broken).toBeGreaterThanOrEqual(1) // the chains of other tests may be broken as well
  expect(await seal()).toEqual({ broken })
  expect(troubles).toContainEqual(expect.objectContaining({ workspaceId, ordinal: 2 }))
})

test('a chain cut off below a seal is noticed, its head set back or not', async () => {
  await append(1, 2, 3)
  await seal()
  await tamper(async (query) => {
    await query('delete from audit_events where workspace_id = $1 and ordinal = 3')
    await query(
      'update audit_heads set ordinal = 2, hash = (select hash from audit_events where workspace_id = $1 and ordinal = 2) where workspace_id = $1',
    )
  })
  expect((await verify()).broken).toEqual({ ordinal: 3, reason: 'cut off' })
})

test('a seal of another key is forged', async () => {
  await append(1)
  await seal({ key: parseApiKeyring(generateApiKeyring()).sealKey })
  expect((await verify()).broken).toEqual({ ordinal: 1, reason: 'forged seal' })
})

test('a seal moved to another place or hash is forged', async () => {
  await append(1, 2, 3)
  await seal()
  await tamper((query) => query('update audit_seals set ordinal = 2 where workspace_id = $1'))
  expect((await verify()).broken).toEqual({ ordinal: 2, reason: 'forged seal' })
  const other = createHash('sha256').update('other').digest('hex')
  await tamper((query) => query('update audit_seals set ordinal = 3, hash = $2 where workspace_id = $1', [workspaceId, other]))
  expect((await verify()).broken).toEqual({ ordinal: 3, reason: 'forged seal' })
})

test('a broken chain gets no seal, and others do', async () => {
  await append(1, 2)
  await tamper((query) => query("update audit_events set action = 'nothing.happened' where workspace_id = $1 and ordinal = 2"))
  const broken = workspaceId
  workspaceId = newId()
  await ctx.db.inWorkspace(workspaceId, (transaction) => insertWorkspace(transaction, { id: workspaceId, name: 'Whole' }))
  await append(1)
  await seal()
  expect(troubles).toContainEqual({ workspaceId: broken, ordinal: 2, reason: 'changed' })
  expect(await verify()).toEqual({ events: 1, sealed: 1 })
  const { rows } = await database.owner.query('select from audit_seals where workspace_id = $1', [broken])
  expect(rows).toEqual([])
})

test('the whole trail is walked, and the broken chains are named with their first broken event', async () => {
  await append(1, 2, 3)
  await tamper((query) => query('delete from audit_events where workspace_id = $1 and ordinal = 2'))
  const broken: object[] = []
  const onChain: Parameters<typeof verifyTrail>[1]['onChain'] = (chain) => {
    if (chain.broken !== undefined && chain.workspaceId === workspaceId) broken.push(chain.broken)
  }
  const verdict = await verifyTrail(ctx.db, { sealKey: key, onChain, pageSize: 3 })
  const { rows } = await database.owner.query('select count(*)::int as chains from workspaces')
  expect(verdict.chains).toBe(rows[0].chains)
  expect(broken).toEqual([{ ordinal: 2, reason: 'missing' }])
})
