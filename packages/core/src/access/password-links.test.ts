import { setPasswordHash } from '@drayage/db/queries/users'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '../id.ts'
import { sendLetter } from '../notifications/send-letter.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { testCredentials } from '../testing/credentials.ts'
import { testPerson, testWorkspace } from '../testing/people.ts'
import { addMember } from '../workspaces/members.ts'
import { requestPasswordReset, setPassword } from './password-links.ts'
import { hashPassword } from './passwords.ts'
import { createSession, refreshSession } from './sessions.ts'

let database: TestDatabase
let ctx: TestContext
beforeAll(async () => {
  database = await testDatabase()
  const settings = { publicUrl: 'https://drayage.example.com/' }
  ctx = testContext({ database, actor: { kind: 'anonymous' }, credentials: testCredentials(), settings })
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(() => {
  ctx.queue.length = 0
  ctx.mailbox.length = 0
})

const fault = (code: string) => expect.objectContaining({ code })
const password = 'a new and longer one'
const sendMail = () => ctx.drain({ 'mail.send': sendLetter })
const tokenIn = (text = '') => /^https:\/\/drayage\.example\.com\/password#token=([\w-]{43})$/m.exec(text)?.[1]

test('an unknown person is invited by mail and logs in with the password they choose', async () => {
  const { admin, workspaceId } = await testWorkspace(ctx)
  ctx.queue.length = 0
  await addMember.run(admin, { workspaceId, email: 'new@example.com', role: 'product_admin', products: ['gst'] })
  await sendMail()
  const [mail] = ctx.mailbox
  expect(mail).toMatchObject({ to: 'new@example.com', subject: '[sandbox] You are invited' })
  await setPassword.run(ctx, { token: tokenIn(mail?.text), password })
  expect((await createSession.run(ctx, { email: 'new@example.com', password })).user.email).toBe('new@example.com')
})

test('who can log in already is not invited', async () => {
  const { admin, workspaceId } = await testWorkspace(ctx)
  const { actor } = await testPerson(ctx, { email: 'known@example.com' })
  const id = actor.kind === 'user' ? actor.id : ''
  await ctx.db.inWorkspace([], async (transaction) => setPasswordHash(transaction, { id, passwordHash: await hashPassword(password) }))
  ctx.queue.length = 0
  await addMember.run(admin, { workspaceId, email: 'known@example.com', role: 'workspace_admin' })
  await sendMail()
  expect(ctx.mailbox).toEqual([])
})

test('a link sets one password, and ends the sessions there are', async () => {
  await testPerson(ctx, { email: 'forgetful@example.com' })
  const askAndRead = async () => {
    await requestPasswordReset.run(ctx, { email: 'forgetful@example.com' })
    await sendMail()
    return tokenIn(ctx.mailbox.pop()?.text)
  }
  const [token, another] = [await askAndRead(), await askAndRead()]
  await setPassword.run(ctx, { token, password })
  const session = await createSession.run(ctx, { email: 'forgetful@example.com', password })
  for (const used of [token, another])
    await expect(setPassword.run(ctx, { token: used, password })).rejects.toEqual(fault('password.link_unknown'))

  await setPassword.run(ctx, { token: await askAndRead(), password: `${password}, again` })
  await expect(refreshSession.run(ctx, { refreshToken: session.refreshToken })).rejects.toEqual(fault('session.ended'))
})

test('of two who use a link at once one does', async () => {
  await testPerson(ctx, { email: 'twice@example.com' })
  await requestPasswordReset.run(ctx, { email: 'twice@example.com' })
  await sendMail()
  const token = tokenIn(ctx.mailbox[0]?.text)
  const results = await Promise.allSettled([setPassword.run(ctx, { token, password }), setPassword.run(ctx, { token, password })])
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('nobody learns whether an address is known', async () => {
  expect(await requestPasswordReset.run(ctx, { email: 'stranger@example.com' })).toEqual({ accepted: true })
  await sendMail()
  expect(ctx.mailbox).toEqual([])
})

test('an old link is worth nothing, and a short password is refused', async () => {
  await testPerson(ctx, { email: 'late@example.com' })
  await requestPasswordReset.run(ctx, { email: 'late@example.com' })
  await sendMail()
  const token = tokenIn(ctx.mailbox[0]?.text)
  await expect(setPassword.run(ctx, { token, password: 'too short' })).rejects.toEqual(fault('input.invalid'))
  await database.owner.query("update password_links set expires_at = clock_timestamp() - interval '1 s'")
  await expect(setPassword.run(ctx, { token, password })).rejects.toEqual(fault('password.link_unknown'))
})

test('the token of a link stands in the mail and nowhere else', async () => {
  await testPerson(ctx, { email: `${newId()}@example.com` })
  await requestPasswordReset.run(ctx, { email: 'late@example.com' })
  await sendMail()
  const token = tokenIn(ctx.mailbox[0]?.text) ?? ''
  expect(token).not.toBe('')
  const { rows } = await database.owner.query(
    'select to_jsonb(o)::text as kept from outbox o union all select to_jsonb(l)::text from password_links l union all select to_jsonb(a)::text from audit_events a',
  )
  expect(rows.map((row) => row.kept).join('\n')).not.toContain(token)
})
