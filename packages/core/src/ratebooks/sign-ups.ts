import { violates } from '@drayage/db/constraint'
import { findSignUp, insertSignUp, listSignUps as listRows, type SignUpView } from '@drayage/db/queries/sign-ups'
import { z } from 'zod'
import { audit } from '../audit/append.ts'
import { Fault } from '../faults.ts'
import { newId } from '../id.ts'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { id, instant, line } from '../wire.ts'
import { withRatebooks } from './found.ts'
import { exportedFields, happenedAt, personalFields } from './personal-fields.ts'

const { userId, email, phoneNumber, employer, termsAgreed } = personalFields
const consent = z.boolean().default(false)

const signUp = z
  .object({
    id,
    workspaceId: id,
    userId: z.string(),
    givenName: z.string(),
    familyName: z.string(),
    email: z.string(),
    phoneNumber: z.string().optional(),
    employer: z.string().optional(),
    termsAgreed: z.boolean(),
    marketingEmailConsent: z.boolean(),
    marketingSmsConsent: z.boolean(),
    internalUser: z.boolean(),
    registeredAt: instant,
    createdAt: instant.meta({ description: 'when it came here' }),
    ...exportedFields,
  })
  .meta({ id: 'SignUp' })

/**
 * Records somebody who signed up on a broker's site. The audit trail names them by `userId` alone.
 * Fault: `sign_up.user_known` where the user signed up before, with the terms agreed to.
 */
export const createSignUp = operation({
  name: 'createSignUp',
  permission: 'sign_up:create',
  product: 'ratebooks',
  input: z.strictObject({
    workspaceId: id,
    userId,
    givenName: line({ max: 100 }),
    familyName: line({ max: 100 }),
    email,
    phoneNumber: phoneNumber.optional(),
    employer: employer.optional(),
    termsAgreed,
    marketingEmailConsent: consent.meta({ description: 'without it the e-mail address is not passed on' }),
    marketingSmsConsent: consent.meta({ description: 'without it the phone number is not passed on' }),
    internalUser: z.boolean().default(false).meta({ description: 'not to be contacted: neither address nor number is passed on' }),
    registeredAt: happenedAt.optional().meta({ description: 'now, unless given' }),
  }),
  output: signUp,
  run: async ({ ctx, transaction, input }) => {
    const registeredAt = input.registeredAt === undefined ? ctx.now() : new Date(input.registeredAt)
    const made = await insertSignUp(transaction, { ...input, id: newId(), registeredAt }).catch(refuseKnownUser)
    await audit(ctx, transaction, {
      workspaceId: made.workspaceId,
      action: 'sign_up.created',
      subject: 'sign_up',
      subjectId: made.id,
      product: 'ratebooks',
      after: { userId: made.userId },
    })
    return show({ ...made, exportFile: null, exportedAt: null })
  },
})

/** Fault: `sign_up.not_found`, also for one of others. */
export const getSignUp = operation({
  name: 'signUp',
  permission: 'sign_up:read',
  input: z.strictObject({ id }),
  output: signUp,
  run: async ({ transaction, scope, input }) => {
    const found = await findSignUp(transaction, { workspaceIds: withRatebooks(scope), id: input.id })
    if (found === undefined) throw new Fault('not_found', 'sign_up.not_found', 'There is no such sign-up, or it is not yours.')
    return show(found)
  },
})

export const listSignUps = operation({
  name: 'signUps',
  permission: 'sign_up:read',
  input: z.strictObject({ workspaceId: id.optional(), ...pageFields }),
  output: z.object({ items: z.array(signUp), nextCursor: z.string().optional() }).meta({ id: 'SignUpPage' }),
  run: async ({ transaction, scope, input }) =>
    pageOf(await listRows(transaction, { workspaceIds: withRatebooks(scope), ...pageQuery(input) }), input, show),
})

function refuseKnownUser(error: unknown): never {
  if (!violates(error, 'sign_ups_one_per_user')) throw error
  const message = 'This user has signed up before. A sign-up is recorded once; there is nothing to send again.'
  throw new Fault('conflict', 'sign_up.user_known', message, { cause: error })
}

function show(row: SignUpView): z.input<typeof signUp> {
  return {
    ...row,
    phoneNumber: row.phoneNumber ?? undefined,
    employer: row.employer ?? undefined,
    registeredAt: row.registeredAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    exportFile: row.exportFile ?? undefined,
    exportedAt: row.exportedAt?.toISOString(),
  }
}
