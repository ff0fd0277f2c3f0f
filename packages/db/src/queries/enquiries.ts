import type { Transaction } from '../connect.ts'
import { and, asc, desc, eq, getTableColumns, gt, inArray, isNotNull, lt } from '../drizzle.ts'
import { type EnquiryRow, enquiries, type NewEnquiryRow } from '../schema/enquiries.ts'
import { exportFiles } from '../schema/exports.ts'

/** With the file that it was passed on in, once that was delivered. */
export type EnquiryView = EnquiryRow & { exportFile: string | null; exportedAt: Date | null }

const view = { ...getTableColumns(enquiries), exportFile: exportFiles.name, exportedAt: exportFiles.deliveredAt }
const itsFile = and(
  eq(exportFiles.workspaceId, enquiries.workspaceId),
  eq(exportFiles.id, enquiries.exportId),
  isNotNull(exportFiles.deliveredAt),
)

/** Violates `enquiries_one_per_quote` where the site told of this quote before, with its terms agreed to. */
export async function insertEnquiry({ tx }: Transaction, enquiry: NewEnquiryRow): Promise<EnquiryRow> {
  const [made] = await tx.insert(enquiries).values(enquiry).returning()
  return made as EnquiryRow
}

export async function findEnquiry(
  { tx }: Transaction,
  key: { workspaceIds: readonly string[]; id: string },
): Promise<EnquiryView | undefined> {
  const [found] = await tx
    .select(view)
    .from(enquiries)
    .leftJoin(exportFiles, itsFile)
    .where(and(inArray(enquiries.workspaceId, [...key.workspaceIds]), eq(enquiries.id, key.id)))
  return found
}

/** Newest first, older than `before`. */
export async function listEnquiries(
  { tx }: Transaction,
  page: { workspaceIds: readonly string[]; before?: string; limit: number },
): Promise<EnquiryView[]> {
  return tx
    .select(view)
    .from(enquiries)
    .leftJoin(exportFiles, itsFile)
    .where(
      and(inArray(enquiries.workspaceId, [...page.workspaceIds]), page.before === undefined ? undefined : lt(enquiries.id, page.before)),
    )
    .orderBy(desc(enquiries.id))
    .limit(page.limit)
}

/** Those of an exported file, in the order in which they came, the ones after `after`. */
export async function listEnquiriesOf(
  { tx }: Transaction,
  page: { workspaceId: string; exportId: string; after?: string; limit: number },
): Promise<EnquiryRow[]> {
  const { workspaceId, exportId, after, limit } = page
  return tx
    .select()
    .from(enquiries)
    .where(
      and(
        eq(enquiries.workspaceId, workspaceId),
        eq(enquiries.exportId, exportId),
        after === undefined ? undefined : gt(enquiries.id, after),
      ),
    )
    .orderBy(asc(enquiries.id))
    .limit(limit)
}
