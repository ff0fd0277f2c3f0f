import { z } from 'zod'
import { mailAddress } from '../notifications/mail-address.ts'
import { instant, line } from '../wire.ts'

/** What sign-ups and enquiries have in common on the wire. */

/** What tells of a person, each with its limits. */
export const personalFields = {
  userId: line({ max: 128 }).meta({ description: 'as the site knows the person, such as auth0|5f7c8ec7' }),
  email: mailAddress,
  phoneNumber: line({ max: 50 }).meta({ description: 'as the person wrote it' }),
  employer: line({ max: 200 }).meta({ description: 'name and plan, such as Acme Inc (153)' }),
  termsAgreed: z.boolean().meta({ description: 'false keeps the record here: it is not passed on' }),
}

/** When something happened on a site, of this century. */
export const happenedAt = instant.refine((text) => text.startsWith('20'), {
  error: 'Give a time of this century.',
  params: { code: 'time_out_of_range' },
})

/** Of a record that was passed on. */
export const exportedFields = {
  exportedAt: instant.optional().meta({ description: 'when the file with it was delivered' }),
  exportFile: z.string().optional().meta({ description: 'the name of that file' }),
}
