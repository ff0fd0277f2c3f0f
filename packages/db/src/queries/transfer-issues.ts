import type { Transaction } from '../connect.ts'
import { and, asc, eq, gt, inArray, lte, sql } from '../drizzle.ts'
import { transferIssues } from '../schema/transfers.ts'

export type IssueRow = typeof transferIssues.$inferSelect

/** The first findings about a file, the worst ones first and each kind in the order of the rows. */
export async function firstIssues(
  { tx }: Transaction,
  key: { workspaceId: string; transferId: string },
  options: { limit: number },
): Promise<IssueRow[]> {
  const rank = sql`array_position(array['error', 'warning', 'notice'], ${transferIssues.severity})`
  return tx
    .select()
    .from(transferIssues)
    .where(and(eq(transferIssues.workspaceId, key.workspaceId), eq(transferIssues.transferId, key.transferId)))
    .orderBy(rank, asc(transferIssues.rowNumber), asc(transferIssues.ordinal))
    .limit(options.limit)
}

/** All findings in the order of the rows, some at a time, the first behind number `after`. */
export async function listIssues(
  { tx }: Transaction,
  page: { workspaceId: string; transferId: string; after: number; limit: number },
): Promise<IssueRow[]> {
  return tx
    .select()
    .from(transferIssues)
    .where(
      and(
        eq(transferIssues.workspaceId, page.workspaceId),
        eq(transferIssues.transferId, page.transferId),
        gt(transferIssues.ordinal, page.after),
      ),
    )
    .orderBy(asc(transferIssues.ordinal))
    .limit(page.limit)
}

/** As `listIssues`, of several transfers: they are numbered without a gap, so that the place says how many there are. */
export async function listIssuesOfEach(
  { tx }: Transaction,
  page: { workspaceIds: readonly string[]; transferIds: readonly string[]; after: number; limit: number },
): Promise<IssueRow[]> {
  return tx
    .select()
    .from(transferIssues)
    .where(
      and(
        inArray(transferIssues.workspaceId, [...page.workspaceIds]),
        inArray(transferIssues.transferId, [...page.transferIds]),
        gt(transferIssues.ordinal, page.after),
        lte(transferIssues.ordinal, page.after + page.limit),
      ),
    )
    .orderBy(asc(transferIssues.ordinal))
}
