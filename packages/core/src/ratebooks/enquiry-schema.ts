import type { EnquiryView } from '@drayage/db/queries/enquiries'
import { residencies } from '@drayage/db/vocabulary'
import { z } from 'zod'
import { id, instant, line } from '../wire.ts'
import { exportedFields, happenedAt, personalFields } from './personal-fields.ts'

/** The wire shapes of an enquiry: who asks, where they live for tax, and the rate they ask for, named as rates are. */

const residency = z.enum(residencies).meta({ id: 'Residency', description: 'where income tax is paid' })
const words = line({ max: 200 })
const count = (most: number) => z.int().min(0).max(most)

/** Text of several lines, as a person typed it. */
const message = z
  .string()
  .trim()
  .min(1)
  .max(4000)
  .refine((text) => text.isWellFormed() && !/[^\P{Cc}\t\n\r]/u.test(text), {
    error: 'Use text without control characters.',
    params: { code: 'not_text' },
  })

const { termsAgreed, ...contact } = personalFields

export const newEnquiry = z.strictObject({
  workspaceId: id,
  quoteRef: count(2_147_483_647).meta({ description: 'the number of the quote on the site, such as 66953' }),
  employee: line({ max: 200 }).meta({ description: 'full name' }),
  userId: contact.userId.optional(),
  ageAtEnquiry: count(150).optional().meta({ description: 'in years' }),
  postcode: line({ max: 10 }).optional(),
  residency: residency.optional(),
  email: contact.email.optional(),
  phoneNumber: contact.phoneNumber.optional(),
  employer: contact.employer.optional(),
  termsAgreed,
  contactConsent: z.boolean().default(false).meta({ description: 'without it neither e-mail address nor phone number is passed on' }),
  vehicleId: words.optional(),
  capCode: words.optional(),
  capId: count(999_999_999).optional(),
  make: words.optional(),
  model: words.optional(),
  derivative: words.optional(),
  termMonths: count(999).optional(),
  advancePayment: count(999).optional().meta({ description: 'monthly payments made in advance' }),
  monthlyPayments: count(999).optional(),
  mileage: count(9_999_999).optional().meta({ description: 'miles over the whole contract' }),
  payment: z.number().min(0).max(999_999_999).optional().meta({ description: 'pounds a month, finance and service' }),
  message: message.optional(),
  enquiredAt: happenedAt.optional().meta({ description: 'now, unless given' }),
})

export const enquiry = z
  .object({
    id,
    workspaceId: id,
    quoteRef: z.int(),
    employee: z.string(),
    userId: z.string().optional(),
    ageAtEnquiry: z.int().optional(),
    postcode: z.string().optional(),
    residency: residency.optional(),
    email: z.string().optional(),
    phoneNumber: z.string().optional(),
    employer: z.string().optional(),
    termsAgreed: z.boolean(),
    contactConsent: z.boolean(),
    vehicleId: z.string().optional(),
    capCode: z.string().optional(),
    capId: z.int().optional(),
    make: z.string().optional(),
    model: z.string().optional(),
    derivative: z.string().optional(),
    termMonths: z.int().optional(),
    advancePayment: z.int().optional(),
    monthlyPayments: z.int().optional(),
    mileage: z.int().optional(),
    payment: z.number().optional(),
    message: z.string().optional(),
    enquiredAt: instant,
    createdAt: instant.meta({ description: 'when it came here' }),
    ...exportedFields,
  })
  .meta({ id: 'Enquiry' })

export function showEnquiry(row: EnquiryView): z.input<typeof enquiry> {
  const { id, workspaceId, quoteRef, employee, termsAgreed, contactConsent, payment, enquiredAt, createdAt, exportedAt, ...optional } = row
  return {
    ...told(optional),
    id,
    workspaceId,
    quoteRef,
    employee,
    termsAgreed,
    contactConsent,
    payment: payment === null ? undefined : Number(payment),
    enquiredAt: enquiredAt.toISOString(),
    createdAt: createdAt.toISOString(),
    exportedAt: exportedAt?.toISOString(),
  }
}

/** The fields that are there. */
function told<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [Name in keyof Fields]?: NonNullable<Fields[Name]>
  }
}
