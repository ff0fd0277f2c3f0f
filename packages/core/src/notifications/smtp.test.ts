import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startRelay, type TestRelay } from '../../../../test/servers/smtp.ts'
import type { MailMessage } from '../context.ts'
import { type Mailer, openMailer } from './smtp.ts'

let relay: TestRelay
let mailer: Mailer
beforeAll(async () => {
  relay = await startRelay()
})
afterAll(() => relay[Symbol.asyncDispose]())
beforeEach(() => {
  relay.manner = { kind: 'accept' }
  relay.down = false
  relay.taken.length = 0
  mailer = openMailer({ url: relay.url, from: 'drayage@example.com', timeouts: { connect: 500, greeting: 500, answer: 500 } })
})
afterEach(() => mailer[Symbol.asyncDispose]())

const message: MailMessage = { messageId: '<1.a@example.com>', to: 'asha@example.com', subject: 'Größe ✓', text: 'Zeile 1\nZeile 2\n' }
const fault = (code: string) => expect.objectContaining({ code })

test('a message goes to one recipient, under the Message-ID it was given', async () => {
  await mailer.mail(message)
  expect(relay.taken).toMatchObject([
    { to: ['asha@example.com'], messageId: '<1.a@example.com>', subject: 'Größe ✓', text: 'Zeile 1\nZeile 2\n' },
  ])
  expect(relay.taken[0]?.headers).toMatch(/^Auto-Submitted: auto-generated\r?$/m)
  expect(relay.taken[0]?.headers).toMatch(/^From: "?Drayage"? <drayage@example.com>\r?$/m)
})

test.each([
  'b@example.com\r\nBcc: evil@example.com',
  'a@example.com, b@example.com',
  'g: a@example.com;',
  'Ann <a@example.com>',
  '<a@example.com>',
  '',
])('nothing is sent to %j', async (to) => {
  await expect(mailer.mail({ ...message, to })).rejects.toEqual(fault('mail.refused'))
  expect(relay.taken).toEqual([])
})

test('a subject with line ends makes no header', async () => {
  await mailer.mail({ ...message, subject: 'a\r\nBcc: evil@example.com\r\nX-Evil: 1' })
  expect(relay.taken[0]?.to).toEqual(['asha@example.com'])
  expect(relay.taken[0]?.headers).not.toMatch(/^(X-Evil|Bcc):/m)
})

test('no file is read into a message', async () => {
  const text = { path: '/etc/passwd' } as unknown as string
  await expect(mailer.mail({ ...message, text })).rejects.toThrow()
  expect(relay.taken).toEqual([])
})

test('the button of a mail program finds where to send its click, however long the address is', async () => {
  const unsubscribeUrl = `https://drayage.example.com/unsubscribe?token=${'x'.repeat(500)}`
  await mailer.mail({ ...message, unsubscribeUrl })
  const unfolded = relay.taken[0]?.headers.replace(/\r?\n(?=[ \t])/g, '')
  expect(unfolded).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/m)
  expect(unfolded?.split(/\r?\n/)).toContain(`List-Unsubscribe: <${unsubscribeUrl}>`)
  await mailer.mail(message)
  expect(relay.taken[1]?.headers).not.toMatch(/^List-Unsubscribe/im)
})

test('an attachment arrives with its name', async () => {
  await mailer.mail({ ...message, attachments: [{ name: 'report.csv', content: Buffer.from('a,b\r\n'), type: 'text/csv' }] })
  expect(relay.taken[0]?.attachments).toEqual(['report.csv'])
})

test.each<[string, TestRelay['manner'], string]>([
  ['never takes the recipient', { kind: 'refuse', code: 550, at: 'recipient' }, 'mail.refused'],
  ['never takes the message', { kind: 'refuse', code: 554, at: 'data' }, 'mail.refused'],
  ['does not take the recipient now', { kind: 'refuse', code: 450, at: 'recipient' }, 'mail.not_taken'],
  ['does not take the message now', { kind: 'refuse', code: 451, at: 'data' }, 'mail.not_taken'],
  ['hangs up', { kind: 'drop' }, 'mail.relay_away'],
  ['says nothing', { kind: 'accept', delayMs: 1500 }, 'mail.relay_away'],
])('a relay that %s: the fault says what to do', async (_, manner, code) => {
  relay.manner = manner
  await expect(mailer.mail(message)).rejects.toEqual(fault(code))
})

test('a relay that is down takes mail again when it is up', async () => {
  relay.down = true
  await expect(mailer.mail(message)).rejects.toEqual(fault('mail.relay_away'))
  relay.down = false
  await mailer.mail(message)
  expect(relay.taken).toHaveLength(1)
})
