import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { type ReceivedMail, startPracticeMailbox } from './practice-mailbox.ts'

test('a mail becomes a file and is announced', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drayage-mailbox-'))
  const announced: ReceivedMail[] = []
  const mailbox = await startPracticeMailbox({ folder, port: 0, onMail: (mail) => announced.push(mail) })
  await say(new URL(mailbox.url), [
    'EHLO here',
    'MAIL FROM:<drayage@example.com>',
    'RCPT TO:<it@example.com>',
    'DATA',
    'Message-ID: <1@example.com>\r\nSubject: sales.csv: 3 rows\r\n\r\nThree rows came in.\r\n.',
    'QUIT',
  ])
  expect(announced).toMatchObject([{ to: ['it@example.com'], subject: 'sales.csv: 3 rows', messageId: '<1@example.com>' }])
  const [file, ...more] = await readdir(folder)
  expect(more).toEqual([])
  expect(await readFile(join(folder, file ?? ''), 'utf8')).toContain('Three rows came in.')
  await mailbox[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** Speaks SMTP by hand: each line after the server has answered the one before. */
async function say(server: URL, lines: string[]): Promise<void> {
  const socket = connect(Number(server.port), server.hostname)
  for await (const reply of createInterface(socket)) {
    if (/^\d{3}-/.test(reply)) continue
    const line = lines.shift()
    if (line === undefined) break
    socket.write(`${line}\r\n`)
  }
  socket.destroy()
}
