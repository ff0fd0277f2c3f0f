import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import { productOf } from '../imports/products/registry.ts'
import type { LetterFacts } from './letter-facts.ts'
import { count, type Paragraphs, paragraphs, quoted } from './plain-text.ts'
import type { ClientLetters } from './queue-letter.ts'

/** The letters about an FTP client: what happened, who did it, what to do next. */
type Words<Kind extends keyof ClientLetters> = (facts: LetterFacts, payload: ClientLetters[Kind]) => { subject: string; body: Paragraphs }

export const created: Words<'ftp_client.created'> = ({ client }, { by }) => ({
  subject: 'FTP client created',
  body: paragraphs(
    `${by} created this FTP client.`,
    settings(client),
    'Next, its connection is tested and it is activated. Until then no file is touched.',
  ),
})

export const updated: Words<'ftp_client.updated'> = ({ client }, { by, changed, draft }) => ({
  subject: draft ? 'FTP client changed, it must be tested again' : 'FTP client changed',
  body: paragraphs(
    `${by} changed this FTP client: ${changed.map((field) => fieldTitles[field] ?? field).join(', ')}.`,
    settings(client),
    draft ? 'It does not look for files any more. Test the connection and activate it, so that it goes on.' : undefined,
  ),
})

export const addressesChanged: Words<'ftp_client.addresses_changed'> = (_, { by, before, after }) => {
  const added = after.filter((address) => !before.includes(address))
  const removed = before.filter((address) => !after.includes(address))
  return {
    subject: 'Notification addresses changed',
    body: paragraphs(
      `${by} changed who gets mail about this FTP client.`,
      added.length > 0 ? ['Added:', ...added.map((address) => `  ${address}`)] : undefined,
      removed.length > 0
        ? ['Removed:', ...removed.map((address) => `  ${address}`), 'A removed address gets this mail and no other.']
        : undefined,
      after.length > 0
        ? ['From now on mail goes to:', ...after.map((address) => `  ${address}`)]
        : 'From now on nobody gets mail about it.',
    ),
  }
}

export const activated: Words<'ftp_client.activated'> = ({ client }, { by }) => ({
  subject: 'FTP client activated',
  body: paragraphs(
    `${by} activated this FTP client. It now looks for files every ${count(client.pollIntervalSeconds, 'second')} and writes the results back.`,
    settings(client),
  ),
})

export const paused: Words<'ftp_client.paused'> = (_, { by }) => ({
  subject: 'FTP client paused',
  body: paragraphs(
    `${by} paused this FTP client. Files that were taken are still brought to their end; new ones wait until it is resumed.`,
  ),
})

export const resumed: Words<'ftp_client.resumed'> = (_, { by }) => ({
  subject: 'FTP client resumed',
  body: paragraphs(`${by} resumed this FTP client. Files that waited are taken now.`),
})

export const deleted: Words<'ftp_client.deleted'> = ({ client }, { by, filesLeft }) => ({
  subject: 'FTP client deleted',
  body: paragraphs(
    `${by} deleted this FTP client. Its password and keys were wiped; your server is not touched any more.`,
    settings(client),
    filesLeft.length > 0
      ? [
          'These files had been taken and were not finished. They are still on your server, move them yourself:',
          ...filesLeft.map((path) => `  ${quoted(path, { max: 1500 })}`),
        ]
      : undefined,
    'This is the last mail about it.',
  ),
})

export const attention: Words<'ftp_client.attention'> = ({ client }, { code, message, stops }) => ({
  subject: stops ? 'FTP client stopped, it needs attention' : 'FTP client needs attention',
  body: paragraphs(
    ['What happened:', `  ${quoted(message, { max: 2000 })} (${code})`],
    settings(client),
    stops
      ? ['What to do next:', '  It is not tried again by itself. Correct the cause, test the connection and activate the FTP client.']
      : ['What to do next:', '  Correct the cause. It is tried again by itself, and you are told when it works.'],
  ),
})

export const recovered: Words<'ftp_client.recovered'> = (_, { message, since }) => ({
  subject: 'FTP client works again',
  body: paragraphs(
    `This FTP client works again. Since ${since} there was this problem:`,
    `  ${quoted(message, { max: 2000 })}`,
    'There is nothing to do.',
  ),
})

export const testFailed: Words<'connection_test.failed'> = ({ client }, { failed }) => ({
  subject: 'Connection test failed',
  body: paragraphs(
    'The connection test of this FTP client failed.',
    ...failed.map(({ name, message, hint }) => [
      `Step ${name.replaceAll('_', ' ')}:`,
      `  ${quoted(message ?? '', { max: 500 })}`,
      ...(hint === undefined ? [] : ['For your IT team:', `  ${quoted(hint, { max: 2000 })}`]),
    ]),
    settings(client),
  ),
})

/** What to look at on the server's side. */
function settings(client: FtpClientRow): string[] {
  const { host, port, username, baseDirectory } = client
  return [
    `  Product         ${productOf(client.product).title}`,
    `  Server          ${client.protocol}, ${quoted(host)} port ${port}`,
    `  User            ${quoted(username)}`,
    `  Base directory  ${quoted(baseDirectory, { max: 1024 })}`,
  ]
}

const fieldTitles: Readonly<Record<string, string>> = {
  tlsMode: 'TLS mode',
  transferMode: 'transfer mode',
  baseDirectory: 'base directory',
  trustedHostKeys: 'trusted host keys',
  trustedCertificate: 'trusted certificate',
  acknowledgeInsecure: 'consent to plain FTP',
  csv: 'CSV delimiter and quotation character',
  timeZone: 'time zone',
  mailPolicy: 'mail policy',
  pollIntervalSeconds: 'poll interval',
  quietSeconds: 'quiet time',
  maxSessions: 'sessions at a time',
  duplicatePolicy: 'duplicate policy',
  privateKey: 'private key',
}
