import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../id.ts'
import { testContext } from './context.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const workspaceId = newId()

test('a job of a transaction that rolls back is not queued', async () => {
  const ctx = testContext({ database })
  const broken = ctx.db.inWorkspace(workspaceId, async (transaction) => {
    await ctx.enqueue(transaction, 'mail.send', { workspaceId, outboxId: newId() })
    throw new Error('no')
  })
  await expect(broken).rejects.toThrow('no')
  expect(ctx.queue).toEqual([])
})

test('drain runs the jobs that jobs ask for', async () => {
  const ctx = testContext({ database })
  const ran: string[] = []
  const ask = (name: 'client.poll' | 'transfer.run', payload: { workspaceId: string; ftpClientId: string; transferId: string }) =>
    ctx.db.inWorkspace(workspaceId, (transaction) => ctx.enqueue(transaction, name, payload))
  await ask('client.poll', { workspaceId, ftpClientId: 'c', transferId: 't' })
  await ctx.drain({
    'client.poll': async (_, payload) => {
      ran.push('client.poll')
      await ask('transfer.run', { ...payload, transferId: 't' })
    },
    'transfer.run': async () => {
      ran.push('transfer.run')
    },
  })
  expect(ran).toEqual(['client.poll', 'transfer.run'])
  expect(ctx.queue).toEqual([])
})
