import { boolean, pgTable, primaryKey, text, uuid } from '../drizzle.ts'
import { clock, instant } from './columns.ts'

/** Somebody who signed up on a broker's site. */
export const signUps = pgTable(
  'sign_ups',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    /** As the site knows them. */
    userId: text('user_id').notNull(),
    givenName: text('given_name').notNull(),
    familyName: text('family_name').notNull(),
    email: text('email').notNull(),
    phoneNumber: text('phone_number'),
    employer: text('employer'),
    termsAgreed: boolean('terms_agreed').notNull(),
    marketingEmailConsent: boolean('marketing_email_consent').notNull(),
    marketingSmsConsent: boolean('marketing_sms_consent').notNull(),
    internalUser: boolean('internal_user').notNull(),
    registeredAt: instant('registered_at').notNull(),
    createdAt: instant('created_at').notNull().default(clock),
    /** The file that it is in, if any yet. */
    exportId: uuid('export_id'),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type SignUpRow = typeof signUps.$inferSelect
export type NewSignUpRow = typeof signUps.$inferInsert
