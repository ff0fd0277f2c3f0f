import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createApiClient, deleteApiClient } from '../access/api-clients.ts'
import { deleteApiClientSecret, rotateApiClientSecret } from '../access/rotate-secret.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { testCredentials } from '../testing/credentials.ts'
import { type TestWorkspace, testWorkspace } from '../testing/people.ts'
import { sendLetter } from './send-letter.ts'
import { mailLinkToken, unsubscribe } from './unsubscribe.ts'

let database: TestDatabase
let ctx: TestContext
let home: TestWorkspace
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database, actor: { kind: 'anonymous' }, credentials: testCredentials() })
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  home = await testWorkspace(ctx)
  ctx.queue.length = 0
  ctx.mailbox.length = 0
})

const scopes = ['ftp_client:poll', 'ftp_client:read']
const send = () => ctx.drain({ 'mail.send': sendLetter })
const told = (who: string) => ctx.mailbox.filter(({ to }) => to.startsWith(who))

test('whoever administers a workspace is told of every change to a way in, without its secret', async () => {
  const { workspaceId, admin } = home
  const made = await createApiClient.run(admin, { workspaceId, label: 'SAP', scopes })
  const rotated = await rotateApiClientSecret.run(admin, { id: made.id, overlapSeconds: 7200 })
  await deleteApiClientSecret.run(admin, { id: made.id, secretId: rotated.id })
  await deleteApiClient.run(admin, { id: made.id })
  await send()
  expect(told('admin-').map(({ subject }) => subject)).toEqual([
    '[sandbox] API client created (SAP)',
    '[sandbox] API client has a new secret (SAP)',
    '[sandbox] Secret of an API client deleted (SAP)',
    '[sandbox] API client deleted (SAP)',
  ])
  const [created, changed] = told('admin-').map(({ text }) => text)
  expect(created).toContain(scopes.join(', '))
  expect(changed).toContain('another 2 hours')
  expect(JSON.stringify(ctx.mailbox)).not.toMatch(new RegExp(`${made.clientSecret}|${rotated.clientSecret}`))
})

test('who stopped the mails about FTP clients is told of a new way in all the same', async () => {
  const { workspaceId, admin } = home
  const address = admin.actor.kind === 'user' ? admin.actor.email : ''
  await unsubscribe.run(ctx.as({ kind: 'anonymous' }), { token: mailLinkToken(ctx.secrets, { workspaceId, address }) })
  await createApiClient.run(admin, { workspaceId, label: 'SAP', scopes })
  await send()
  expect(told('admin-').map(({ to }) => to)).toEqual([address])
})

test('a product admin is told of the API clients of their product and of no other', async () => {
  const { workspaceId, admin } = home
  await home.productAdmin(['gst'])
  await home.productAdmin(['max_itc'])
  ctx.queue.length = 0
  await createApiClient.run(admin, { workspaceId, label: 'for GST', product: 'gst', scopes })
  await createApiClient.run(admin, { workspaceId, label: 'for all', scopes })
  await send()
  expect(told('gst-').map(({ subject }) => subject)).toEqual(['[sandbox] API client created (for GST)'])
  expect(told('max_itc-')).toEqual([])
  expect(told('admin-')).toHaveLength(2)
})
