import { mkdir, rename, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { freePort } from '@drayage/db/embedded'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export type PracticeMailbox = AsyncDisposable & { url: string }
export type ReceivedMail = { to: string[]; subject: string; text: string; messageId: string; file: string }

/**
 * A mail server on 127.0.0.1 that delivers everything into one folder, a file a mail: where a newcomer plays the
 * recipient.
 *
 * @param options.port taken if free, else a free one
 */
export async function startPracticeMailbox(options: {
  folder: string
  port: number
  onMail(mail: ReceivedMail): void
}): Promise<PracticeMailbox> {
  await mkdir(options.folder, { recursive: true })
  let received = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 1000,
    onData: (stream, session, callback) => {
      const to = session.envelope.rcptTo.map((recipient) => recipient.address)
      keep(stream, to).then(() => callback(), callback)
    },
  })
  server.on('error', () => {})
  const port = await freePort(options.port)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  }

  async function keep(stream: NodeJS.ReadableStream, to: string[]): Promise<void> {
    const bytes = await buffer(stream)
    const stamp = new Date().toISOString().replace(/[:.]/g, '-')
    const file = join(options.folder, `${stamp}-${++received}.eml`)
    await writeFile(`${file}.part`, bytes)
    await rename(`${file}.part`, file)
    const { subject = '', text = '', messageId = '' } = await simpleParser(bytes)
    options.onMail({ to, subject, text, messageId, file })
  }
}
