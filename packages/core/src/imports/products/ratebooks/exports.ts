import type { Database, Transaction } from '@drayage/db/connect'
import { listEnquiriesOf } from '@drayage/db/queries/enquiries'
import { listSignUpsOf } from '@drayage/db/queries/sign-ups'
import type { EnquiryRow } from '@drayage/db/schema/enquiries'
import type { SignUpRow } from '@drayage/db/schema/sign-ups'
import type { ProductExports, RecordExport } from '../../record-export.ts'
import { readSettings } from './settings.ts'

type ExportColumn<Row> = { header: string; cell(row: Row): string | null }

/** Source: the public data specification of the format. Contact data of somebody who did not consent to be contacted is left out. */
export const signUpColumns: readonly ExportColumn<SignUpRow>[] = [
  { header: 'user_id', cell: ({ userId }) => userId },
  { header: 'given_name', cell: ({ givenName }) => givenName },
  { header: 'family_name', cell: ({ familyName }) => familyName },
  { header: 'email', cell: ({ email, ...row }) => (row.marketingEmailConsent && !row.internalUser ? email : null) },
  { header: 'phone_number', cell: ({ phoneNumber, ...row }) => (row.marketingSmsConsent && !row.internalUser ? phoneNumber : null) },
  { header: 'date_registered', cell: ({ registeredAt }) => registeredAt.toISOString() },
  { header: 'employer', cell: ({ employer }) => employer },
  { header: 'terms_agreed', cell: ({ termsAgreed }) => String(termsAgreed) },
  { header: 'marketing_email_consent', cell: (row) => String(row.marketingEmailConsent) },
  { header: 'marketing_sms_consent', cell: (row) => String(row.marketingSmsConsent) },
  { header: 'internal_user', cell: ({ internalUser }) => String(internalUser) },
]

/** The first five are those of the format; the others are ours, and a rate's are named as in ratebooks. */
export const enquiryColumns: readonly ExportColumn<EnquiryRow>[] = [
  { header: 'quote_ref', cell: ({ quoteRef }) => String(quoteRef) },
  { header: 'employee', cell: ({ employee }) => employee },
  { header: 'age_at_enquiry', cell: ({ ageAtEnquiry }) => figure(ageAtEnquiry) },
  { header: 'postcode', cell: ({ postcode }) => postcode },
  { header: 'residency', cell: ({ residency }) => residency },
  { header: 'date_enquired', cell: ({ enquiredAt }) => enquiredAt.toISOString() },
  { header: 'user_id', cell: ({ userId }) => userId },
  { header: 'employer', cell: ({ employer }) => employer },
  { header: 'email', cell: ({ email, contactConsent }) => (contactConsent ? email : null) },
  { header: 'phone_number', cell: ({ phoneNumber, contactConsent }) => (contactConsent ? phoneNumber : null) },
  { header: 'terms_agreed', cell: ({ termsAgreed }) => String(termsAgreed) },
  { header: 'contact_consent', cell: ({ contactConsent }) => String(contactConsent) },
  { header: 'vehicle_id', cell: ({ vehicleId }) => vehicleId },
  { header: 'cap_code', cell: ({ capCode }) => capCode },
  { header: 'cap_id', cell: ({ capId }) => figure(capId) },
  { header: 'make', cell: ({ make }) => make },
  { header: 'model', cell: ({ model }) => model },
  { header: 'derivative', cell: ({ derivative }) => derivative },
  { header: 'term_months', cell: ({ termMonths }) => figure(termMonths) },
  { header: 'advance_payment', cell: ({ advancePayment }) => figure(advancePayment) },
  { header: 'monthly_payments', cell: ({ monthlyPayments }) => figure(monthlyPayments) },
  { header: 'contract_mileage_total', cell: ({ mileage }) => figure(mileage) },
  { header: 'monthly_payment', cell: ({ payment }) => payment },
  { header: 'message', cell: ({ message }) => message },
]

/** What a broker's site recorded, back to the broker. */
export const ratebookExports: ProductExports = {
  of: (settings) => {
    const { exports: wanted, exportTime: time } = readSettings(settings)
    return { wanted, time }
  },
  kinds: [
    exportOf({ kind: 'sign_ups', folder: 'exports/users', columns: signUpColumns, list: listSignUpsOf }),
    exportOf({ kind: 'enquiries', folder: 'exports/enquiries', columns: enquiryColumns, list: listEnquiriesOf }),
  ],
}

const pageRows = 1000

function exportOf<Row extends { id: string }>(
  its: Pick<RecordExport, 'kind' | 'folder'> & {
    columns: readonly ExportColumn<Row>[]
    list(transaction: Transaction, page: { workspaceId: string; exportId: string; after?: string; limit: number }): Promise<Row[]>
  },
): RecordExport {
  const { kind, folder, columns, list } = its
  async function* lines(db: Database, file: { workspaceId: string; exportId: string }) {
    for (let after: string | undefined; ; ) {
      const rows = await db.inWorkspace(file.workspaceId, (transaction) => list(transaction, { ...file, after, limit: pageRows }))
      yield rows.map((row) => columns.map(({ cell }) => cell(row)))
      if (rows.length < pageRows) return
      after = rows.at(-1)?.id
    }
  }
  return { kind, folder, headings: columns.map(({ header }) => header), lines }
}

function figure(number: number | null): string | null {
  return number === null ? null : String(number)
}
