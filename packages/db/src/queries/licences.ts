import type { Transaction } from '../connect.ts'
import { and, asc, eq, gt } from '../drizzle.ts'
import { type LicenceRow, licences } from '../schema/workspaces.ts'
import type { ProductKey } from '../vocabulary.ts'
import { inScope, type Scope } from './scope.ts'

export async function setLicence({ tx }: Transaction, licence: LicenceRow): Promise<void> {
  await tx
    .insert(licences)
    .values(licence)
    .onConflictDoUpdate({ target: [licences.workspaceId, licences.product], set: { validUntil: licence.validUntil } })
}

export async function findLicence({ tx }: Transaction, key: { workspaceId: string; product: ProductKey }): Promise<LicenceRow | undefined> {
  const [found] = await tx
    .select()
    .from(licences)
    .where(and(eq(licences.workspaceId, key.workspaceId), eq(licences.product, key.product)))
  return found
}

export async function listLicences({ tx }: Transaction, key: { scope: Scope }): Promise<LicenceRow[]> {
  return tx.select().from(licences).where(inScope(licences, key.scope)).orderBy(asc(licences.product))
}

/** Whether the product may be used in the workspace at this time. */
export async function hasLicence({ tx }: Transaction, key: { workspaceId: string; product: ProductKey; at: Date }): Promise<boolean> {
  const found = await tx
    .select({ product: licences.product })
    .from(licences)
    .where(and(eq(licences.workspaceId, key.workspaceId), eq(licences.product, key.product), gt(licences.validUntil, key.at)))
  return found.length > 0
}
