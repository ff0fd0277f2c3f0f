import { createTransport } from 'nodemailer'
import type { MailMessage } from '../context.ts'
import { Fault } from '../faults.ts'
import { isMailAddress } from './mail-address.ts'

export type Mailer = AsyncDisposable & {
  /**
   * Resolves when the relay has taken the message. Faults: `mail.refused`, it never will; `mail.not_taken`, not now;
   * `mail.relay_away`, it takes nothing now.
   */
  mail(message: MailMessage): Promise<void>
}

export type MailerOptions = {
  /** `smtp://user:password@host:587`, or `smtps://` for TLS from the start. */
  url: string
  from: string
  /** Milliseconds for the relay to accept a connection, to greet, and to answer each command. */
  timeouts?: { connect: number; greeting: number; answer: number }
}

const defaultTimeouts = { connect: 10_000, greeting: 10_000, answer: 30_000 }

/** The way to the mail relay, over a few kept connections. */
export function openMailer(options: MailerOptions): Mailer {
  const { connect, greeting, answer } = options.timeouts ?? defaultTimeouts
  const transport = createTransport({
    url: options.url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: connect,
    greetingTimeout: greeting,
    socketTimeout: answer,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    mail: async (message) => {
      const { requestId } = message
      // A string is split at commas and line ends: only whole, checked addresses get this far.
      if (!isMailAddress(message.to)) throw new Fault('invalid', 'mail.refused', 'The address cannot be written to.')
      try {
        await transport.sendMail({
          from: { name: 'Drayage', address: options.from },
          to: { name: '', address: message.to },
          messageId: message.messageId,
          subject: message.subject,
          text: message.text,
          // Machines must not answer, RFC 3834.
          headers: { 'Auto-Submitted': 'auto-generated', ...oneClick(message), ...(requestId && { 'X-Request-Id': requestId }) },
          attachments: message.attachments?.map(({ name, content, type }) => ({ filename: name, content, contentType: type })),
        })
      } catch (error) {
        throw faultOf(error)
      }
    },
    [Symbol.asyncDispose]: async () => {
      transport.close()
    },
  }
}

/** RFC 8058: a mail program has a button for it. */
function oneClick({ unsubscribeUrl }: MailMessage): Record<string, string> {
  if (unsubscribeUrl === undefined) return {}
  return { 'List-Unsubscribe': `<${unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
}

function faultOf(error: unknown): Fault {
  const { code, responseCode } = error as { code?: string; responseCode?: number }
  const said = responseCode === undefined ? '' : ` (${responseCode})`
  if (code === 'EENVELOPE' || code === 'EMESSAGE') {
    return responseCode !== undefined && responseCode >= 500
      ? new Fault('refused', 'mail.refused', `The mail relay refuses this message${said}.`, { cause: error })
      : new Fault('unavailable', 'mail.not_taken', `The mail relay did not take this message now${said}.`, { cause: error })
  }
  return new Fault('unavailable', 'mail.relay_away', `The mail relay takes no mail now${said}.`, { cause: error })
}
