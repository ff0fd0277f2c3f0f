import { takeDueLetters } from '@drayage/db/queries/due'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MailMessage } from '../context.ts'
import { Fault } from '../faults.ts'
import { createFtpClient } from '../ftp-clients/create.ts'
import { deleteFtpClient } from '../ftp-clients/delete.ts'
import { updateFtpClient } from '../ftp-clients/update.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { newClient } from '../testing/new-client.ts'
import { type TestWorkspace, testWorkspace } from '../testing/people.ts'
import { sendLetter } from './send-letter.ts'
import { mailLinkToken, readMailLink, unsubscribe } from './unsubscribe.ts'

let database: TestDatabase
let ctx: TestContext
let home: TestWorkspace
let relay: (message: MailMessage) => void | Promise<void>
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database, mail: async (message) => relay(message) })
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  home = await testWorkspace(ctx)
  relay = () => {}
  ctx.queue.length = 0
  ctx.mailbox.length = 0
})

const [asha, ravi, mira] = ['asha@example.com', 'ravi@example.com', 'mira@example.com'] as const
const create = (notificationEmails: string[]) => createFtpClient.run(home.admin, newClient(home.workspaceId, { notificationEmails }))
const send = (limits?: Parameters<typeof sendLetter>[2]) => ctx.drain({ 'mail.send': (context, key) => sendLetter(context, key, limits) })
const sentTo = () => ctx.mailbox.map((message) => message.to).sort()
const outbox = async () =>
  (
    await database.owner.query(
      'select id, kind, send_at, sent_at, attempts, last_error, sent_to, refused_by from outbox where workspace_id = $1 order by id',
      [home.workspaceId],
    )
  ).rows
const again = async (limits?: Parameters<typeof sendLetter>[2]) => {
  for (const { id, send_at } of await outbox()) {
    if (send_at !== null) await sendLetter(ctx, { workspaceId: home.workspaceId, outboxId: id }, limits)
  }
}
const away = new Fault('unavailable', 'mail.relay_away', 'The relay is away.')

test('each recipient gets a message of their own', async () => {
  await create([asha, ravi])
  await send()
  expect(sentTo()).toEqual([asha, ravi])
  expect(new Set(ctx.mailbox.map((message) => message.messageId)).size).toBe(2)
  expect(await outbox()).toMatchObject([{ send_at: null, sent_at: expect.any(Date), sent_to: [asha, ravi] }])
})

test('a letter whose wake-up call is on its way is not called a second time', async () => {
  await create([asha])
  expect(ctx.queue.map((job) => job.name)).toEqual(['mail.send'])
  expect(await ctx.db.sweep((transaction) => takeDueLetters(transaction, { limit: 10 }))).toEqual([])
})

test('a letter says what happened, to what, by whom, and what comes next', async () => {
  await create([asha])
  await send()
  expect(ctx.mailbox[0]?.subject).toBe('[sandbox] FTP client created (GST, Tally)')
  const by = home.admin.actor.kind === 'user' ? home.admin.actor.email : ''
  for (const words of [by, 'Tally', 'GST', 'sftp.example.com', '/data', 'tested']) expect(ctx.mailbox[0]?.text).toContain(words)
  expect(ctx.mailbox[0]?.text).not.toContain('right')
})

test('the first mail to an address says who added it and how to stop, later ones do not', async () => {
  const { id } = await create([asha])
  await send()
  await updateFtpClient.run(home.admin, { id, expectedVersion: 1, label: 'SAP' })
  await send()
  const [first, second] = ctx.mailbox
  expect(first?.text).toMatch(/added your address/)
  expect(first?.text).toMatch(/To stop all mails of this workspace, open\nhttp:\/\/127\.0\.0\.1:3000\/unsubscribe\?token=\S+$/m)
  expect(second?.text).not.toMatch(/added your address/)
})

test('on a change of addresses all before and all after are told, and a removed one gets nothing more', async () => {
  const { id } = await create([asha, ravi])
  await send()
  ctx.mailbox.length = 0
  await updateFtpClient.run(home.admin, { id, expectedVersion: 1, notificationEmails: [ravi, mira] })
  await send()
  expect(sentTo()).toEqual([asha, mira, ravi])
  expect(ctx.mailbox.every((message) => message.subject.includes('Notification addresses changed'))).toBe(true)
  expect(
    ctx.mailbox
      .filter((message) => message.text.includes('yours is one of'))
      .map((message) => message.to)
      .sort(),
  ).toEqual([mira, ravi])
  ctx.mailbox.length = 0
  await updateFtpClient.run(home.admin, { id, expectedVersion: 2, label: 'SAP' })
  await deleteFtpClient.run(home.admin, { id, expectedVersion: 3 })
  await send()
  expect(sentTo()).toEqual([mira, mira, ravi, ravi])
})

test('who gets a letter is looked up when it is sent, not when it was written', async () => {
  const { id } = await create([asha])
  await updateFtpClient.run(home.admin, { id, expectedVersion: 1, notificationEmails: [ravi] })
  await send()
  expect(ctx.mailbox.map(({ to, subject }) => [to, subject.includes('created')])).toEqual([
    [ravi, true],
    [asha, false],
    [ravi, false],
  ])
})

test('with the relay away a letter waits, longer each time, and is given up in the end', async () => {
  await create([asha])
  relay = () => {
    throw away
  }
  const limits = { firstRetryMs: 60_000, longestRetryMs: 100_000, attempts: 3 }
  const wait = async () => {
    const { rows } = await database.owner.query(
      'select round(extract(epoch from send_at - clock_timestamp()))::int as seconds from outbox where workspace_id = $1',
      [home.workspaceId],
    )
    return rows[0]?.seconds
  }
  await send(limits)
  expect(await wait()).toBeCloseTo(60, -1)
  await again(limits)
  expect(await wait()).toBeCloseTo(100, -1)
  await again(limits)
  expect(await outbox()).toMatchObject([{ send_at: null, sent_at: null, attempts: 3, last_error: 'The relay is away.' }])
})

test('what was sent is not sent again when the rest is', async () => {
  await create([asha, ravi])
  relay = ({ to }) => {
    if (to === ravi) throw new Fault('unavailable', 'mail.not_taken', 'Not now.')
  }
  await send()
  expect(sentTo()).toEqual([asha])
  relay = () => {}
  await again()
  expect(sentTo()).toEqual([asha, ravi])
})

test('an address that the relay refuses is not tried again and holds up nobody', async () => {
  await create([asha, ravi])
  relay = ({ to }) => {
    if (to === asha) throw new Fault('refused', 'mail.refused', 'No such mailbox.')
  }
  await send()
  expect(sentTo()).toEqual([ravi])
  expect(await outbox()).toMatchObject([{ send_at: null, refused_by: [asha], last_error: 'No such mailbox.' }])
})

test('a copy taken just before the end of a worker comes a second time under the same Message-ID', async () => {
  await create([asha])
  const taken: string[] = []
  relay = ({ messageId }) => {
    taken.push(messageId)
    if (taken.length === 1) throw new TypeError('the worker dies here')
  }
  await expect(send()).rejects.toThrow('the worker dies here')
  await again()
  expect(taken).toHaveLength(2)
  expect(new Set(taken).size).toBe(1)
})

test('of two workers with the same letter one sends it', async () => {
  await create([asha, ravi])
  const [letter] = await outbox()
  const key = { workspaceId: home.workspaceId, outboxId: letter.id }
  await Promise.all([sendLetter(ctx, key), sendLetter(ctx, key), sendLetter(ctx, key)])
  expect(sentTo()).toEqual([asha, ravi])
})

test('a letter of a worker that went silent is taken over, and the silent one sends nothing more', async () => {
  await create([asha, ravi])
  const [letter] = await outbox()
  const key = { workspaceId: home.workspaceId, outboxId: letter.id }
  relay = async ({ to }) => {
    if (to !== asha || ctx.mailbox.length > 0) return
    await database.owner.query("update outbox set lease_until = clock_timestamp() - interval '1 s' where id = $1", [letter.id])
    relay = () => {}
    await sendLetter(ctx, key)
  }
  await sendLetter(ctx, key)
  expect(sentTo()).toEqual([asha, asha, ravi])
  expect(await outbox()).toMatchObject([{ attempts: 2, send_at: null }])
})

test('a letter of another workspace is not found', async () => {
  await create([asha])
  const [letter] = await outbox()
  const other = await testWorkspace(ctx)
  await sendLetter(ctx, { workspaceId: other.workspaceId, outboxId: letter.id })
  expect(ctx.mailbox).toEqual([])
})

test('who stopped the mails of a workspace gets none of it, whoever adds them, and all of another', async () => {
  await create([asha, ravi])
  await send()
  const link = ctx.mailbox.find((message) => message.to === asha)?.unsubscribeUrl ?? ''
  const token = new URL(link).searchParams.get('token')
  const nobody = ctx.as({ kind: 'anonymous' })
  const { rows } = await database.owner.query('select name from workspaces where id = $1', [home.workspaceId])
  for (const _ of [1, 2]) expect(await unsubscribe.run(nobody, { token })).toEqual({ address: asha, workspaceName: rows[0].name })
  ctx.mailbox.length = 0
  await createFtpClient.run(home.admin, newClient(home.workspaceId, { notificationEmails: [asha, ravi], baseDirectory: '/more' }))
  await send()
  expect(sentTo()).toEqual([ravi])

  const events = "select after from audit_events where workspace_id = $1 and action = 'mail.unsubscribed'"
  expect((await database.owner.query(events, [home.workspaceId])).rows).toEqual([{ after: { address: asha } }])
  const other = await testWorkspace(ctx)
  await createFtpClient.run(other.admin, newClient(other.workspaceId, { notificationEmails: [asha] }))
  await send()
  expect(sentTo()).toEqual([asha, ravi])
})

test.each(['', '.', 'x', 'a.b.c'])('the link %j stops nothing', async (token) => {
  await expect(unsubscribe.run(ctx.as({ kind: 'anonymous' }), { token })).rejects.toMatchObject({ code: 'mail_link.unknown' })
})

test('a link stops mails for nobody but whom it was made for', async () => {
  const token = mailLinkToken(ctx.secrets, { workspaceId: home.workspaceId, address: asha })
  const [, signature] = token.split('.')
  const other = Buffer.from(`${home.workspaceId} ${ravi}`).toString('base64url')
  expect(readMailLink(ctx.secrets, token)).toEqual({ workspaceId: home.workspaceId, address: asha })
  expect(() => readMailLink(ctx.secrets, `${other}.${signature}`)).toThrow(expect.objectContaining({ code: 'mail_link.unknown' }))
})

test.each([
  ['an address', { address: 2, workspace: 100 }, [asha, asha, ravi, ravi]],
  ['a workspace', { address: 100, workspace: 3 }, [asha, asha, ravi]],
])('no more mails than allowed for %s go out in an hour; the others wait', async (_, hourly, expected) => {
  const [one, two] = [`${home.workspaceId}-1@example.com`, `${home.workspaceId}-2@example.com`]
  const nameOf = (address: string) => (address === one ? asha : ravi)
  for (const at of [1, 2, 3]) {
    await createFtpClient.run(home.admin, newClient(home.workspaceId, { notificationEmails: [one, two], baseDirectory: `/${at}` }))
  }
  await send({ hourly })
  expect(ctx.mailbox.map(({ to }) => nameOf(to)).sort()).toEqual(expected)
  const waiting = (await outbox()).filter((letter) => letter.send_at !== null)
  expect(waiting.at(-1)).toMatchObject({ last_error: expect.stringContaining('mails in an hour') })

  // However often it is looked at again, waiting uses up no attempt.
  for (const _ of [1, 2, 3]) await again({ hourly, attempts: 2 })
  for (const letter of (await outbox()).filter(({ send_at }) => send_at !== null)) {
    const waitsMs = letter.send_at.getTime() - Date.now()
    expect(waitsMs).toBeGreaterThan(50 * 60_000)
    expect(waitsMs).toBeLessThanOrEqual(60 * 60_000)
  }
  expect(ctx.mailbox).toHaveLength(expected.length)

  await database.owner.query('truncate rate_limits')
  await again({ attempts: 2 })
  expect(ctx.mailbox).toHaveLength(6)
  expect((await outbox()).every((letter) => letter.send_at === null)).toBe(true)
})
