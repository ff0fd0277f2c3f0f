import { violates } from '@drayage/db/constraint'
import { findEnquiry, insertEnquiry, listEnquiries as listRows } from '@drayage/db/queries/enquiries'
import { z } from 'zod'
import { audit } from '../audit/append.ts'
import { Fault } from '../faults.ts'
import { newId } from '../id.ts'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { id } from '../wire.ts'
import { enquiry, newEnquiry, showEnquiry } from './enquiry-schema.ts'
import { withRatebooks } from './found.ts'

/**
 * Records what somebody asked for on a broker's site. The audit trail names it by `quoteRef` alone.
 * Fault: `enquiry.quote_known` where the quote was told of before, with the terms agreed to.
 */
export const createEnquiry = operation({
  name: 'createEnquiry',
  permission: 'enquiry:create',
  product: 'ratebooks',
  input: newEnquiry,
  output: enquiry,
  run: async ({ ctx, transaction, input }) => {
    const enquiredAt = input.enquiredAt === undefined ? ctx.now() : new Date(input.enquiredAt)
    const row = { ...input, id: newId(), payment: input.payment?.toFixed(2), enquiredAt }
    const made = await insertEnquiry(transaction, row).catch(refuseKnownQuote)
    await audit(ctx, transaction, {
      workspaceId: made.workspaceId,
      action: 'enquiry.created',
      subject: 'enquiry',
      subjectId: made.id,
      product: 'ratebooks',
      after: { quoteRef: made.quoteRef },
    })
    return showEnquiry({ ...made, exportFile: null, exportedAt: null })
  },
})

/** Fault: `enquiry.not_found`, also for one of others. */
export const getEnquiry = operation({
  name: 'enquiry',
  permission: 'enquiry:read',
  input: z.strictObject({ id }),
  output: enquiry,
  run: async ({ transaction, scope, input }) => {
    const found = await findEnquiry(transaction, { workspaceIds: withRatebooks(scope), id: input.id })
    if (found === undefined) throw new Fault('not_found', 'enquiry.not_found', 'There is no such enquiry, or it is not yours.')
    return showEnquiry(found)
  },
})

export const listEnquiries = operation({
  name: 'enquiries',
  permission: 'enquiry:read',
  input: z.strictObject({ workspaceId: id.optional(), ...pageFields }),
  output: z.object({ items: z.array(enquiry), nextCursor: z.string().optional() }).meta({ id: 'EnquiryPage' }),
  run: async ({ transaction, scope, input }) =>
    pageOf(await listRows(transaction, { workspaceIds: withRatebooks(scope), ...pageQuery(input) }), input, showEnquiry),
})

function refuseKnownQuote(error: unknown): never {
  if (!violates(error, 'enquiries_one_per_quote')) throw error
  const message = 'An enquiry with this quoteRef was recorded before. It is recorded once; number another quote differently.'
  throw new Fault('conflict', 'enquiry.quote_known', message, { cause: error })
}
