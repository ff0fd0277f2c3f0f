import type { OutboxRow } from '@drayage/db/schema/outbox'
import type { Context } from '../context.ts'
import { productOf } from '../imports/products/registry.ts'
import * as client from './client-letters.ts'
import type { LetterFacts } from './letter-facts.ts'
import { type Paragraphs, plainText, quoted } from './plain-text.ts'
import type { ClientLetterKind, ClientLetters } from './queue-letter.ts'
import { transferBegun, transferQuarantined, transferReport } from './transfer-letters.ts'

/** How each letter is written. Who gets it: the client's addresses, unless the letter names them itself. */
const letters: { [Kind in ClientLetterKind]: Form<Kind> } = {
  'ftp_client.created': { write: client.created },
  'ftp_client.updated': { write: client.updated },
  'ftp_client.addresses_changed': { write: client.addressesChanged, to: ({ before, after }) => [...before, ...after] },
  'ftp_client.activated': { write: client.activated },
  'ftp_client.paused': { write: client.paused },
  'ftp_client.resumed': { write: client.resumed },
  'ftp_client.deleted': { write: client.deleted },
  'ftp_client.attention': { write: client.attention },
  'ftp_client.recovered': { write: client.recovered },
  'connection_test.failed': { write: client.testFailed },
  'transfer.begun': { write: transferBegun },
  'transfer.report': { write: transferReport },
  'transfer.quarantined': { write: transferQuarantined },
}

type Form<Kind extends ClientLetterKind> = {
  write(facts: LetterFacts, payload: ClientLetters[Kind]): { subject: string; body: Paragraphs }
  to?(payload: ClientLetters[Kind]): readonly string[]
}

function formOf(letter: OutboxRow): { form: Form<ClientLetterKind>; payload: ClientLetters[ClientLetterKind] } {
  const form: Form<ClientLetterKind> | undefined = Object.hasOwn(letters, letter.kind)
    ? (letters[letter.kind as ClientLetterKind] as Form<ClientLetterKind>)
    : undefined
  if (form === undefined) throw new Error(`there is no letter of kind ${letter.kind}`)
  return { form, payload: letter.payload as ClientLetters[ClientLetterKind] }
}

/** Who gets the letter if it is sent now, each once. */
export function recipientsOf(letter: OutboxRow, facts: LetterFacts): string[] {
  const { form, payload } = formOf(letter)
  return [...new Set(form.to?.(payload) ?? facts.client.notificationEmails)]
}

/** @param reader.addedBy who added the reader, if this is the first letter that the reader gets */
export function writeLetter(
  settings: Context['settings'],
  letter: OutboxRow,
  facts: LetterFacts,
  reader: { address: string; addedBy?: string; unsubscribeUrl: string },
): { subject: string; text: string } {
  const { form, payload } = formOf(letter)
  const { client } = facts
  const { subject, body } = form.write(facts, payload)
  const label = quoted(client.label)
  const { title } = productOf(client.product)
  const mark = settings.environment === 'sandbox' ? { subject: '[sandbox] ', footer: ', sandbox' } : { subject: '', footer: '' }
  const footer = [
    '-- ',
    `FTP client "${label}", ${title}, workspace ${quoted(facts.workspaceName)}${mark.footer}.`,
    ...(client.notificationEmails.includes(reader.address) ? [whyAndHowToStop, reader.unsubscribeUrl] : []),
  ]
  return { subject: `${mark.subject}${subject} (${title}, ${label})`, text: plainText([...introduction(label, reader), ...body, footer]) }
}

const whyAndHowToStop = 'You get this mail because yours is one of its notification addresses. To stop all mails of this workspace, open'

function introduction(label: string, reader: { address: string; addedBy?: string }): Paragraphs {
  if (reader.addedBy === undefined) return []
  const added = reader.addedBy === reader.address ? 'You added your address' : `${reader.addedBy} added your address`
  return [[`${added} to those that are told about the FTP client "${label}". This is the first mail about it.`]]
}
