import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { startProxy } from './proxy.ts'

export type TakenMail = { to: string[]; messageId: string; subject: string; text: string; headers: string; attachments: string[] }

/**
 * How a relay meets a mail. `refuse` answers one recipient, or the mail after its data, with the code: 4xx for not now,
 * 5xx for never. `drop` cuts the connection before the mail is taken, `drop_after` when it was taken and nobody told.
 */
export type Manner =
  | { kind: 'accept'; delayMs?: number }
  | { kind: 'refuse'; code: number; at: 'recipient' | 'data'; address?: string }
  | { kind: 'drop' }
  | { kind: 'drop_after' }

export type TestRelay = AsyncDisposable & {
  url: string
  taken: TakenMail[]
  /** Holds until changed. */
  manner: Manner
  /** Refuses every connection, as if it were down, or accepts them again. */
  down: boolean
}

/** A mail relay on 127.0.0.1 that misbehaves on command. */
export async function startRelay(): Promise<TestRelay> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onRcptTo: ({ address }, _, done) => {
      const { manner } = relay
      const refused = manner.kind === 'refuse' && manner.at === 'recipient' && (manner.address ?? address) === address
      done(refused ? refusal(manner.code) : null)
    },
    onData: (stream, session, done) => {
      const to = session.envelope.rcptTo.map((recipient) => recipient.address)
      take(stream, to).then(() => done(), done)
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const proxy = await startProxy({ port: (server.server.address() as AddressInfo).port })
  const relay: TestRelay = {
    url: `smtp://127.0.0.1:${proxy.port}`,
    taken: [],
    manner: { kind: 'accept' },
    get down() {
      return proxy.refuse
    },
    set down(down) {
      proxy.refuse = down
      if (down) proxy.cut('reset')
    },
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
  return relay

  async function take(stream: NodeJS.ReadableStream, to: string[]): Promise<void> {
    const bytes = await buffer(stream)
    const { manner } = relay
    if (manner.kind === 'refuse' && manner.at === 'data') throw refusal(manner.code)
    if (manner.kind === 'drop') return proxy.cut('reset')
    if (manner.kind === 'accept' && manner.delayMs !== undefined) await pause(manner.delayMs)
    const { messageId = '', subject = '', text = '', attachments } = await simpleParser(bytes)
    const [headers = ''] = String(bytes).split('\r\n\r\n')
    relay.taken.push({ to, messageId, subject, text, headers, attachments: attachments.map((attached) => attached.filename ?? '') })
    if (manner.kind === 'drop_after') proxy.cut('reset')
  }
}

function refusal(code: number): Error {
  return Object.assign(new Error('refused by the test'), { responseCode: code })
}
