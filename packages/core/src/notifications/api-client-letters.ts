import type { Transaction } from '@drayage/db/connect'
import { listMembers, type MemberWithEmail } from '@drayage/db/queries/members'
import { findWorkspace } from '@drayage/db/queries/workspaces'
import type { OutboxRow } from '@drayage/db/schema/outbox'
import type { Context } from '../context.ts'
import { productOf } from '../imports/products/registry.ts'
import type { Copies } from './copies.ts'
import { count, type Paragraphs, paragraphs, plainText, quoted } from './plain-text.ts'
import type { ApiClientLetters } from './queue-letter.ts'

type Kind = keyof ApiClientLetters
type Words<Of extends Kind> = (payload: ApiClientLetters[Of]) => { subject: string; body: Paragraphs }

const letters: { [Of in Kind]: Words<Of> } = {
  'api_client.created': ({ by, scopes }) => ({
    subject: 'API client created',
    body: paragraphs(`${by} created this API client. Whoever holds its secret may:`, [`  ${scopes.join(', ')}`], undo),
  }),
  'api_client.secret_rotated': ({ by, overlapSeconds }) => ({
    subject: 'API client has a new secret',
    body: paragraphs(
      `${by} gave this API client a new secret.`,
      overlapSeconds === 0 ? 'The secret before has stopped working.' : `The secret before works for another ${span(overlapSeconds)}.`,
      undo,
    ),
  }),
  'api_client.secret_deleted': ({ by }) => ({
    subject: 'Secret of an API client deleted',
    body: paragraphs(`${by} deleted a secret of this API client. Whoever still uses it is refused from now on.`),
  }),
  'api_client.deleted': ({ by }) => ({
    subject: 'API client deleted',
    body: paragraphs(`${by} deleted this API client. Its secrets and its access tokens have stopped working.`),
  }),
}

const undo = 'If nobody of yours wanted this, delete the API client and look into the audit trail.'

export function isApiClientLetter(letter: OutboxRow): letter is OutboxRow & { kind: Kind } {
  return Object.hasOwn(letters, letter.kind)
}

/**
 * A letter about a way in, to those who may take it away: the workspace's admins, and those of the API client's product. Also to
 * who stopped the mails of the workspace, which are those about its FTP clients.
 */
export async function apiClientCopies(ctx: Context, transaction: Transaction, letter: OutboxRow & { kind: Kind }): Promise<Copies> {
  const { workspaceId, kind } = letter
  const payload = letter.payload as ApiClientLetters[Kind]
  const { label, product } = payload
  const mayKnow = ({ role, products }: MemberWithEmail) => role === 'workspace_admin' || (product !== null && products.includes(product))
  const recipients = (await listMembers(transaction, { workspaceId })).filter(mayKnow).map(({ email }) => email)
  const workspace = await findWorkspace(transaction, workspaceId)
  const { subject, body } = (letters[kind] as Words<Kind>)(payload)
  const sandbox = ctx.settings.environment === 'sandbox'
  const reach = product === null ? 'all products' : productOf(product).title
  const footer = [
    '-- ',
    `API client "${quoted(label)}", ${reach}, workspace ${quoted(workspace?.name ?? '')}${sandbox ? ', sandbox' : ''}.`,
    'You get this mail because you administer it.',
  ]
  return {
    recipients,
    write: async () => ({
      subject: `${sandbox ? '[sandbox] ' : ''}${subject} (${quoted(label)})`,
      text: plainText([...body, footer]),
    }),
    sent: async () => {},
  }
}

function span(seconds: number): string {
  if (seconds % 3600 === 0) return count(seconds / 3600, 'hour')
  return seconds % 60 === 0 ? count(seconds / 60, 'minute') : count(seconds, 'second')
}
