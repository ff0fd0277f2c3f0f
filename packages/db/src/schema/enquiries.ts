import { boolean, integer, numeric, pgTable, primaryKey, smallint, text, uuid } from '../drizzle.ts'
import { residencies } from '../vocabulary.ts'
import { clock, instant } from './columns.ts'

/** What somebody asked for on a broker's site. */
export const enquiries = pgTable(
  'enquiries',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    /** As the site numbers its quotes. */
    quoteRef: integer('quote_ref').notNull(),
    userId: text('user_id'),
    employee: text('employee').notNull(),
    ageAtEnquiry: smallint('age_at_enquiry'),
    postcode: text('postcode'),
    residency: text('residency', { enum: residencies }),
    email: text('email'),
    phoneNumber: text('phone_number'),
    employer: text('employer'),
    termsAgreed: boolean('terms_agreed').notNull(),
    contactConsent: boolean('contact_consent').notNull(),
    vehicleId: text('vehicle_id'),
    capCode: text('cap_code'),
    capId: integer('cap_id'),
    make: text('make'),
    model: text('model'),
    derivative: text('derivative'),
    termMonths: smallint('term_months'),
    advancePayment: smallint('advance_payment'),
    monthlyPayments: smallint('monthly_payments'),
    mileage: integer('contract_mileage_total'),
    /** Pounds a month: finance and service. */
    payment: numeric('payment'),
    message: text('message'),
    enquiredAt: instant('enquired_at').notNull(),
    createdAt: instant('created_at').notNull().default(clock),
    /** The file that it is in, if any yet. */
    exportId: uuid('export_id'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type EnquiryRow = typeof enquiries.$inferSelect
export type NewEnquiryRow = typeof enquiries.$inferInsert
