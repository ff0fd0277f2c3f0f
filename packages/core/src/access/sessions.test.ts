import { setPasswordHash } from '@drayage/db/queries/users'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { newId } from '../id.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { testCredentials } from '../testing/credentials.ts'
import { testPerson, testWorkspace } from '../testing/people.ts'
import { openBearers } from './bearer.ts'
import { credentialsOf } from './credentials.ts'
import { forgetExpired } from './forget-expired.ts'
import { getMe } from './me.ts'
import { makeOperator } from './operator.ts'
import { hashPassword } from './passwords.ts'
import { createSession, deleteCurrentSession, refreshSession } from './sessions.ts'

let database: TestDatabase
let ctx: TestContext
let passwordHash: string
const password = 'correct horse battery'
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database, actor: { kind: 'anonymous' }, credentials: testCredentials() })
  passwordHash = await hashPassword(password)
})
afterAll(() => database[Symbol.asyncDispose]())

const fault = (code: string) => expect.objectContaining({ code })
let addresses = 0
/** As the request of somebody at another address. */
const elsewhere = (address = `192.0.2.${++addresses}`): Context => ({ ...ctx, request: { id: newId(), address } })
const logIn = (email: string, as = elsewhere(), word = password) => createSession.run(as, { email, password: word })
const eventsOf = async (workspaceId: string) =>
  (await database.owner.query('select action from audit_events where workspace_id = $1 order by ordinal', [workspaceId])).rows.map(
    (row) => row.action,
  )

async function person(email = `${newId()}@example.com`): Promise<string> {
  const { actor } = await testPerson(ctx, { email })
  const id = actor.kind === 'user' ? actor.id : ''
  await ctx.db.inWorkspace([], (transaction) => setPasswordHash(transaction, { id, passwordHash }))
  return email
}

async function bearerOf(session: { accessToken: string }): Promise<Context> {
  const claims = await credentialsOf(ctx).verify(session.accessToken)
  if (claims === undefined) throw new Error('the token is not good')
  return { ...ctx, actor: await openBearers(ctx.db).actorOf(claims) }
}

test('a new installation gets one operator, however many processes start at once', async () => {
  const system = { ...ctx, actor: { kind: 'system', name: 'api' } } as const
  const made = await Promise.all([makeOperator(system, {}), makeOperator(system, {}), makeOperator(system, {})])
  const [first] = made.filter((one) => one !== undefined)
  expect(made.filter((one) => one !== undefined)).toHaveLength(1)
  expect(first?.email).toBe('operator@example.com')
  expect((await logIn('operator@example.com', elsewhere(), first?.generatedPassword)).user.operator).toBe(true)
  expect(await makeOperator(system, { email: 'second@example.com', password: 'long enough to be good' })).toBeUndefined()
})

test('whoever has the right password is let in, as themselves', async () => {
  const email = await person()
  const session = await logIn(email.toUpperCase())
  expect(session).toMatchObject({ user: { email, operator: false }, expiresIn: 900 })
  expect(Object.keys(session.user)).not.toContain('passwordHash')
  expect(await getMe.run(await bearerOf(session), {})).toMatchObject({ kind: 'user', email, workspaces: [] })
})

test('a wrong password and an address that nobody has get one and the same answer', async () => {
  const email = await person()
  await expect(logIn(email, elsewhere(), 'wrong')).rejects.toEqual(fault('session.wrong_credentials'))
  await expect(logIn('nobody@example.com')).rejects.toEqual(fault('session.wrong_credentials'))
  const invited = await testPerson(ctx, { email: 'invited@example.com' })
  expect(invited.actor.kind).toBe('user')
  await expect(logIn('invited@example.com')).rejects.toEqual(fault('session.wrong_credentials'))
})

test('who guesses is slowed down, also with many tries at once; the person at home gets in', async () => {
  const email = await person()
  const attacker = elsewhere('198.51.100.7')
  const tries = await Promise.allSettled(Array.from({ length: 12 }, () => logIn(email, attacker, 'guess')))
  const codes = tries.map((result) => result.status === 'rejected' && result.reason.code)
  expect(codes.filter((code) => code === 'session.wrong_credentials').length).toBeLessThanOrEqual(6)
  expect(codes.filter((code) => code === 'access.too_many_attempts').length).toBeGreaterThanOrEqual(6)
  await expect(logIn(email, attacker)).rejects.toMatchObject({
    kind: 'rate_limited',
    details: { retryAfterSeconds: expect.any(Number) },
  })
  expect((await logIn(email)).user.email).toBe(email)
})

test('addresses of one IPv6 network count as one', async () => {
  const email = await person()
  const from = (host: number) => elsewhere(`2001:db8:1:2::${host.toString(16)}`)
  for (let host = 1; host <= 5; host++) await expect(logIn(email, from(host), 'guess')).rejects.toEqual(fault('session.wrong_credentials'))
  await expect(logIn(email, from(99), 'guess'))
    .rejects.toEqual(fault('session.wrong_credentials'))
    .catch(() => {})
  await expect(logIn(email, from(100), 'guess')).rejects.toEqual(fault('access.too_many_attempts'))
})

test('a refresh token is good for one exchange; when it comes again, the session ends', async () => {
  const email = await person()
  const first = await logIn(email)
  const second = await refreshSession.run(ctx, { refreshToken: first.refreshToken })
  const bearer = await bearerOf(second)
  expect((await getMe.run(bearer, {})).email).toBe(email)
  await expect(refreshSession.run(ctx, { refreshToken: first.refreshToken })).rejects.toEqual(fault('session.ended'))
  await expect(refreshSession.run(ctx, { refreshToken: second.refreshToken })).rejects.toEqual(fault('session.ended'))
  await expect(bearerOf(second)).rejects.toEqual(fault('session.ended'))
})

test('of two exchanges of one refresh token at once one wins, and the session ends', async () => {
  const { refreshToken } = await logIn(await person())
  const results = await Promise.allSettled([refreshSession.run(ctx, { refreshToken }), refreshSession.run(ctx, { refreshToken })])
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
  const [won] = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  await expect(bearerOf(won as { accessToken: string })).rejects.toEqual(fault('session.ended'))
})

test('who logs out is out at once', async () => {
  const session = await logIn(await person())
  await deleteCurrentSession.run(await bearerOf(session), {})
  await expect(bearerOf(session)).rejects.toEqual(fault('session.ended'))
  await expect(refreshSession.run(ctx, { refreshToken: session.refreshToken })).rejects.toEqual(fault('session.ended'))
})

test('log-ins stand in the trail of each workspace the person belongs to, refused ones in that of the installation', async () => {
  const { admin, workspaceId } = await testWorkspace(ctx)
  const email = admin.actor.kind === 'user' ? await person(admin.actor.email) : ''
  const before = (await eventsOf('00000000-0000-0000-0000-000000000000')).filter((action) => action === 'session.refused').length
  await logIn(email)
  await expect(logIn(email, elsewhere(), 'wrong')).rejects.toEqual(fault('session.wrong_credentials'))
  expect(await eventsOf(workspaceId)).toContain('session.created')
  const after = await eventsOf('00000000-0000-0000-0000-000000000000')
  expect(after.filter((action) => action === 'session.refused')).toHaveLength(before + 1)
})

test('neither passwords nor tokens are kept as they are', async () => {
  const { refreshToken } = await logIn(await person())
  const { rows } = await database.owner.query(`
    select to_jsonb(u)::text as kept from users u union all select to_jsonb(r)::text from refresh_tokens r
    union all select to_jsonb(s)::text from sessions s union all select to_jsonb(a)::text from audit_events a union all select to_jsonb(t)::text from attempts t`)
  const kept = rows.map((row) => row.kept).join('\n')
  for (const secret of [password, refreshToken, Buffer.from(refreshToken).toString('hex')]) expect(kept).not.toContain(secret)
})

test('what has expired is worth nothing, and is forgotten', async () => {
  const [old, current] = [await logIn(await person()), await logIn(await person())]
  const { sid = '' } = (await credentialsOf(ctx).verify(old.accessToken)) ?? {}
  await database.owner.query("update sessions set expires_at = clock_timestamp() - interval '1 s' where id = $1", [sid])
  await database.owner.query("update attempts set last_at = clock_timestamp() - interval '2 days'")
  await expect(bearerOf(old)).rejects.toEqual(fault('session.ended'))
  await expect(refreshSession.run(ctx, { refreshToken: old.refreshToken })).rejects.toEqual(fault('session.ended'))
  await forgetExpired(ctx.db)
  const count = async (text: string, values: unknown[] = []) => (await database.owner.query(text, values)).rowCount
  expect(await count('select from sessions where id = $1', [sid])).toBe(0)
  expect(await count('select from refresh_tokens where session_id = $1', [sid])).toBe(0)
  expect(await count('select from attempts')).toBe(0)
  expect((await bearerOf(current)).actor.kind).toBe('user')
})
