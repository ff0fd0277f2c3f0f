import { randomBytes } from 'node:crypto'
import type { Transaction } from '@drayage/db/connect'
import { insertPasswordLink } from '@drayage/db/queries/password-links'
import { findUserByEmail } from '@drayage/db/queries/users'
import { findWorkspace } from '@drayage/db/queries/workspaces'
import type { OutboxRow } from '@drayage/db/schema/outbox'
import { linkHash } from '../access/password-links.ts'
import type { Context } from '../context.ts'
import type { Copies } from './copies.ts'
import { linkTo } from './link-to.ts'
import { paragraphs, plainText, quoted } from './plain-text.ts'
import type { UserLetters } from './queue-letter.ts'

const hour = 3600
const lifeSeconds: Record<UserLetterKind, number> = { 'user.invited': 7 * 24 * hour, 'user.password_reset': hour }
type UserLetterKind = keyof UserLetters

export function isUserLetter(letter: OutboxRow): letter is OutboxRow & { kind: UserLetterKind } {
  return Object.hasOwn(lifeSeconds, letter.kind)
}

/**
 * A letter to one person with a link to set a password with. Undefined when nobody has the address, or when somebody who
 * was invited has a password by now.
 */
export async function userCopies(
  ctx: Context,
  transaction: Transaction,
  letter: OutboxRow & { kind: UserLetterKind },
): Promise<Copies | undefined> {
  const { email, by } = letter.payload as UserLetters['user.password_reset'] & Partial<UserLetters['user.invited']>
  const user = await findUserByEmail(transaction, email)
  const invited = letter.kind === 'user.invited'
  if (user === undefined || (invited && user.passwordHash !== null)) return undefined
  const workspace = await findWorkspace(transaction, letter.workspaceId)
  const { environment } = ctx.settings
  return {
    recipients: [user.email],
    write: async (transaction) => {
      // Made only now, so that it stands in the mail and nowhere else. A copy that is sent again has a link of its own.
      const token = randomBytes(32).toString('base64url')
      await insertPasswordLink(transaction, { hash: linkHash(token), userId: user.id, lifeSeconds: lifeSeconds[letter.kind] })
      const mark = environment === 'sandbox' ? '[sandbox] ' : ''
      // After the #, so that it reaches no server log.
      const link = linkTo(ctx.settings, `/password#token=${token}`)
      const body = invited
        ? paragraphs(
            `${by} added you to the workspace "${quoted(workspace?.name ?? '')}".`,
            ['To log in, choose a password here within seven days:', link],
            'After that time, ask for a new link with "forgot password".',
          )
        : paragraphs(
            ['Somebody, probably you, asked for a new password. Choose it here within an hour:', link],
            'If it was not you, do nothing: your password stays as it is.',
          )
      return { subject: mark + (invited ? 'You are invited' : 'Your new password'), text: plainText(body) }
    },
    sent: async () => {},
  }
}
