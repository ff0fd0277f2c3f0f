import { insertWorkspace } from '@drayage/db/queries/workspaces'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '../id.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { audit } from './append.ts'
import { verifyChain } from './chain.ts'

let database: TestDatabase
let ctx: TestContext
let workspaceId: string
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database })
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  workspaceId = newId()
  await ctx.db.inWorkspace(workspaceId, (transaction) => insertWorkspace(transaction, { id: workspaceId, name: 'Lotus' }))
})

const append = (change: number) =>
  ctx.db.inWorkspace(workspaceId, (transaction) =>
    audit(ctx, transaction, {
      workspaceId,
      action: 'thing.changed',
      subject: 'thing',
      before: { b: 1, a: 'é' },
      after: { change, list: [1.5, null] },
    }),
  )
const verify = () => ctx.db.inWorkspace(workspaceId, (transaction) => verifyChain(transaction, { workspaceId }, { pageSize: 3 }))

/** As somebody who owns the database would. */
async function tamper(statement: string): Promise<void> {
  const client = await database.owner.connect()
  try {
    await client.query('set session_replication_role = replica')
    for (const one of statement.split(';')) await client.query(one, [workspaceId])
  } finally {
    await client.query('set session_replication_role = default')
    client.release()
  }
}

test('an untouched chain is whole, also an empty one', async () => {
  expect(await verify()).toEqual({ events: 0, sealed: 0 })
  for (let change = 1; change <= 7; change++) await append(change)
  expect(await verify()).toEqual({ events: 7, sealed: 0 })
})

test('events written at once stand one after the other without a gap', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, change) => append(change)))
  expect(await verify()).toEqual({ events: 40, sealed: 0 })
})

test('a change that rolls back leaves no event', async () => {
  await append(1)
  const broken = ctx.db.inWorkspace(workspaceId, async (transaction) => {
    await audit(ctx, transaction, { workspaceId, action: 'thing.changed', subject: 'thing' })
    throw new Error('no')
  })
  await expect(broken).rejects.toThrow('no')
  await append(2)
  expect(await verify()).toEqual({ events: 2, sealed: 0 })
})

const insertFourth = `insert into audit_events select workspace_id, 6, gen_random_uuid(), at, actor, action, subject, subject_id, product, before, after, request_id, hash, hash
  from audit_events where workspace_id = $1 and ordinal = 5`
test.each([
  ['an altered event', "update audit_events set after = '{}' where workspace_id = $1 and ordinal = 3", { ordinal: 3, reason: 'changed' }],
  [
    'another time',
    "update audit_events set at = at + interval '1 ms' where workspace_id = $1 and ordinal = 2",
    { ordinal: 2, reason: 'changed' },
  ],
  ['a removed event', 'delete from audit_events where workspace_id = $1 and ordinal = 4', { ordinal: 4, reason: 'missing' }],
  ['a removed last event', 'delete from audit_events where workspace_id = $1 and ordinal = 5', { ordinal: 5, reason: 'cut off' }],
  ['an added event', insertFourth, { ordinal: 6, reason: 'changed' }],
  [
    'events in another order',
    [
      [2, 102],
      [3, 2],
      [102, 3],
    ]
      .map(([from, to]) => `update audit_events set ordinal = ${to} where workspace_id = $1 and ordinal = ${from}`)
      .join(';'),
    { ordinal: 2, reason: 'changed' },
  ],
])('%s is found and named', async (_, statement, broken) => {
  for (let change = 1; change <= 5; change++) await append(change)
  await tamper(statement)
  expect((await verify()).broken).toEqual(broken)
})

test('nobody but the owner of the database can change or remove an event', async () => {
  await append(1)
  for (const statement of ["update audit_events set action = 'x'", 'delete from audit_events', 'truncate audit_events']) {
    await expect(ctx.db.inWorkspace(workspaceId, ({ client }) => client.query(statement))).rejects.toThrow(/permission denied/)
    await expect(database.owner.query(statement)).rejects.toThrow(/append-only/)
  }
})
