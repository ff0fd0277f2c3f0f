import { randomBytes } from 'node:crypto'
import { makeFirstOperator } from '@drayage/db/queries/users'
import { installationId } from '@drayage/db/vocabulary'
import { audit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { newId } from '../id.ts'
import { hashPassword } from './passwords.ts'

/**
 * Makes the operator of a new installation, whoever of several processes comes first. Where there is one who can log in,
 * nothing changes.
 *
 * @returns the log-in, with a password made up here when none was given: to be shown once, it is kept nowhere
 */
export async function makeOperator(
  ctx: Context,
  given: { email?: string; password?: string },
): Promise<{ email: string; generatedPassword?: string } | undefined> {
  const email = given.email?.toLowerCase() ?? 'operator@example.com'
  const generatedPassword = given.password === undefined ? randomBytes(12).toString('base64url') : undefined
  const passwordHash = await hashPassword(given.password ?? generatedPassword ?? '')
  const id = newId()
  const made = await ctx.db.inWorkspace(installationId, async (transaction) => {
    if (!(await makeFirstOperator(transaction, { id, email, passwordHash }))) return false
    await audit(ctx, transaction, { workspaceId: installationId, action: 'operator.created', subject: 'user', after: { email } })
    return true
  })
  if (!made) return undefined
  return generatedPassword === undefined ? { email } : { email, generatedPassword }
}
