import type { Transaction } from '../connect.ts'
import { and, asc, desc, eq, getTableColumns, gt, inArray, isNotNull, lt } from '../drizzle.ts'
import { exportFiles } from '../schema/exports.ts'
import { type NewSignUpRow, type SignUpRow, signUps } from '../schema/sign-ups.ts'

/** With the file that it was passed on in, once that was delivered. */
export type SignUpView = SignUpRow & { exportFile: string | null; exportedAt: Date | null }

const view = { ...getTableColumns(signUps), exportFile: exportFiles.name, exportedAt: exportFiles.deliveredAt }
const itsFile = and(
  eq(exportFiles.workspaceId, signUps.workspaceId),
  eq(exportFiles.id, signUps.exportId),
  isNotNull(exportFiles.deliveredAt),
)

/** Violates `sign_ups_one_per_user` where this user has signed up and agreed to the terms before. */
export async function insertSignUp({ tx }: Transaction, signUp: NewSignUpRow): Promise<SignUpRow> {
  const [made] = await tx.insert(signUps).values(signUp).returning()
  return made as SignUpRow
}

export async function findSignUp(
  { tx }: Transaction,
  key: { workspaceIds: readonly string[]; id: string },
): Promise<SignUpView | undefined> {
  const [found] = await tx
    .select(view)
    .from(signUps)
    .leftJoin(exportFiles, itsFile)
    .where(and(inArray(signUps.workspaceId, [...key.workspaceIds]), eq(signUps.id, key.id)))
  return found
}

/** Newest first, older than `before`. */
export async function listSignUps(
  { tx }: Transaction,
  page: { workspaceIds: readonly string[]; before?: string; limit: number },
): Promise<SignUpView[]> {
  return tx
    .select(view)
    .from(signUps)
    .leftJoin(exportFiles, itsFile)
    .where(and(inArray(signUps.workspaceId, [...page.workspaceIds]), page.before === undefined ? undefined : lt(signUps.id, page.before)))
    .orderBy(desc(signUps.id))
    .limit(page.limit)
}

/** Those of an exported file, in the order in which they came, the ones after `after`. */
export async function listSignUpsOf(
  { tx }: Transaction,
  page: { workspaceId: string; exportId: string; after?: string; limit: number },
): Promise<SignUpRow[]> {
  const { workspaceId, exportId, after, limit } = page
  return tx
    .select()
    .from(signUps)
    .where(
      and(eq(signUps.workspaceId, workspaceId), eq(signUps.exportId, exportId), after === undefined ? undefined : gt(signUps.id, after)),
    )
    .orderBy(asc(signUps.id))
    .limit(limit)
}
