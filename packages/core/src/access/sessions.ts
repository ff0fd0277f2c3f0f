import { randomBytes } from 'node:crypto'
import { endSessions, insertSession, lockSessionOf, rotateRefreshToken } from '@drayage/db/queries/sessions'
import { findUser, findUserByEmail } from '@drayage/db/queries/users'
import type { UserRow } from '@drayage/db/schema/users'
import { installationId } from '@drayage/db/vocabulary'
import { z } from 'zod'
import { audit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import { newId } from '../id.ts'
import { operation, operationInSteps } from '../operation.ts'
import { id } from '../wire.ts'
import { accessToken } from './access-token.ts'
import { countedAttempt } from './attempts.ts'
import { auditUser } from './audit-user.ts'
import { audiences, credentialsOf } from './credentials.ts'
import { isPassword } from './passwords.ts'

/** From the log-in to the next one, however often it is refreshed. */
const sessionLifeSeconds = 30 * 24 * 3600

export const user = z.object({ id, email: z.string(), operator: z.boolean() }).meta({ id: 'User' })

export const session = z
  .object({ accessToken: z.string(), expiresIn: z.int().meta({ description: 'seconds' }), refreshToken: z.string(), user })
  .meta({ id: 'Session' })

/**
 * Logs a person in. Wrong passwords slow down those who try them, see attempts.ts. Faults: `session.wrong_credentials`,
 * the same and as slow for an address nobody has, `access.too_many_attempts`, `password.busy`.
 */
export const createSession = operationInSteps({
  name: 'createSession',
  permission: 'session:create',
  input: z.strictObject({ email: z.string().trim().toLowerCase().max(254), password: z.string().min(1).max(200) }),
  output: session,
  run: async ({ ctx, input: { email, password } }) => {
    const attempt = await countedAttempt(ctx, { kind: 'session', at: email })
    const found = await ctx.db.inWorkspace([], (transaction) => findUserByEmail(transaction, email))
    const right = await isPassword(password, found?.passwordHash)
    if (found === undefined || !right) {
      const refused = { workspaceId: installationId, action: 'session.refused', subject: 'session', after: { email } }
      await ctx.db.inWorkspace(installationId, (transaction) => audit(ctx, transaction, refused))
      throw new Fault('unauthenticated', 'session.wrong_credentials', 'The e-mail address or the password is wrong.')
    }
    const sessionId = newId()
    const refresh = newRefreshToken(ctx)
    await ctx.db.inWorkspace([], async (transaction) => {
      await attempt.forgive(transaction)
      await insertSession(transaction, { id: sessionId, userId: found.id, lifeSeconds: sessionLifeSeconds, refreshHash: refresh.hash })
      await auditUser(ctx, transaction, found, { action: 'session.created', subject: 'session', subjectId: sessionId })
    })
    return shownSession(ctx, { user: found, sessionId, refreshToken: refresh.token })
  },
})

/**
 * Exchanges a refresh token, which is good for one exchange. One that comes a second time was stolen, from us or by us:
 * the session ends, and the trail says so. Faults: `session.ended`.
 */
export const refreshSession = operationInSteps({
  name: 'refreshSession',
  permission: 'session:refresh',
  input: z.strictObject({ refreshToken: z.string().min(1).max(200) }),
  output: session,
  run: async ({ ctx, input }) => {
    const former = refreshHash(ctx, input.refreshToken)
    const refresh = newRefreshToken(ctx)
    const known = await ctx.db.inWorkspace([], async (transaction) => {
      const found = await lockSessionOf(transaction, former)
      if (!found?.open) return undefined
      const owner = await findUser(transaction, found.session.userId)
      if (owner === undefined) return undefined
      const { id: sessionId } = found.session
      if (found.used) {
        await endSessions(transaction, { id: sessionId }, 'token_reused')
        await auditUser(ctx, transaction, owner, { action: 'session.token_reused', subject: 'session', subjectId: sessionId })
        return undefined
      }
      await rotateRefreshToken(transaction, found.session, { former, next: refresh.hash })
      return { user: owner, sessionId }
    })
    if (known === undefined) throw new Fault('unauthenticated', 'session.ended', 'Your session has ended. Log in again.')
    return shownSession(ctx, { ...known, refreshToken: refresh.token })
  },
})

/** Logs out: the session's tokens are worth nothing any more. */
export const deleteCurrentSession = operation({
  name: 'deleteCurrentSession',
  permission: 'session:delete',
  input: z.strictObject({}),
  output: z.object({ id }).meta({ id: 'EndedSession' }),
  run: async ({ ctx, transaction }) => {
    const { actor } = ctx
    const sessionId = actor.kind === 'user' ? actor.sessionId : undefined
    const owner = actor.kind === 'user' ? await findUser(transaction, actor.id) : undefined
    if (sessionId === undefined || owner === undefined) throw new Fault('not_found', 'session.not_found', 'You are not in a session.')
    await endSessions(transaction, { id: sessionId }, 'logged_out')
    await auditUser(ctx, transaction, owner, { action: 'session.ended', subject: 'session', subjectId: sessionId })
    return { id: sessionId }
  },
})

async function shownSession(
  ctx: Context,
  made: { user: UserRow; sessionId: string; refreshToken: string },
): Promise<z.input<typeof session>> {
  const { user: owner, sessionId, refreshToken } = made
  const { token, expiresIn } = await accessToken(ctx, {
    aud: audiences.user,
    sub: owner.id,
    client_id: 'drayage',
    scope: '',
    sid: sessionId,
  })
  return { accessToken: token, expiresIn, refreshToken, user: owner }
}

function newRefreshToken(ctx: Context): { token: string; hash: Buffer } {
  const token = `dry_refresh_${randomBytes(32).toString('base64url')}`
  return { token, hash: refreshHash(ctx, token) }
}

function refreshHash(ctx: Context, token: string): Buffer {
  return credentialsOf(ctx).keyring.digest('refresh_token', token)
}
