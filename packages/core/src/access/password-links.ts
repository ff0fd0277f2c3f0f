import { createHash } from 'node:crypto'
import { deletePasswordLinks, isPasswordLink, takePasswordLink } from '@drayage/db/queries/password-links'
import { endSessions } from '@drayage/db/queries/sessions'
import { findUser, setPasswordHash } from '@drayage/db/queries/users'
import { installationId } from '@drayage/db/vocabulary'
import { z } from 'zod'
import { masked } from '../audit/append.ts'
import { Fault } from '../faults.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { operationInSteps } from '../operation.ts'
import { countedAttempt } from './attempts.ts'
import { auditUser } from './audit-user.ts'
import { hashPassword } from './passwords.ts'

/** Long rather than complicated (NIST SP 800-63B). */
export const newPassword = z.string().min(12).max(200)

const done = z.object({ accepted: z.boolean() }).meta({ id: 'Accepted' })

/** Sends a person a link to set a password with. The answer is the same for an address nobody has. */
export const requestPasswordReset = operationInSteps({
  name: 'requestPasswordReset',
  permission: 'password:reset',
  input: z.strictObject({ email: z.string().trim().toLowerCase().max(254) }),
  output: done,
  run: async ({ ctx, input: { email } }) => {
    await countedAttempt(ctx, { kind: 'password_reset', at: email })
    // Whether somebody has the address is found out when the letter is sent, where nobody can measure it.
    const letter = { kind: 'user.password_reset', workspaceId: installationId, payload: { email } } as const
    await ctx.db.inWorkspace(installationId, (transaction) => queueLetter(ctx, transaction, letter))
    return { accepted: true }
  },
})

/**
 * Sets a password with the token of a link, which is then used up, as all others of this person are. Whoever is logged in
 * as them is logged out. Faults: `password.link_unknown`, `password.busy`.
 */
export const setPassword = operationInSteps({
  name: 'setPassword',
  permission: 'password:set',
  input: z.strictObject({ token: z.string().min(1).max(200), password: newPassword }),
  output: done,
  run: async ({ ctx, input: { token, password } }) => {
    const hash = linkHash(token)
    // Hashing is dear: not for a token that somebody made up.
    if (!(await ctx.db.inWorkspace([], (transaction) => isPasswordLink(transaction, hash)))) throw linkUnknown()
    const passwordHash = await hashPassword(password)
    await ctx.db.inWorkspace([], async (transaction) => {
      const link = await takePasswordLink(transaction, hash)
      const user = link && (await findUser(transaction, link.userId))
      if (user === undefined) throw linkUnknown()
      await setPasswordHash(transaction, { id: user.id, passwordHash })
      await deletePasswordLinks(transaction, { userId: user.id })
      await endSessions(transaction, { userId: user.id }, 'password_set')
      await auditUser(ctx, transaction, user, { action: 'password.set', subject: 'user', subjectId: user.id, after: { password: masked } })
    })
    return { accepted: true }
  },
})

/** What is kept of a link's token, which is 256 random bits. */
export function linkHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function linkUnknown(): Fault {
  return new Fault('not_found', 'password.link_unknown', 'This link was used already or is too old. Ask for another one.')
}
