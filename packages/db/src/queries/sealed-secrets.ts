import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Transaction } from '../connect.ts'
import { type SealedSecretRow, sealedSecrets } from '../schema/sealed-secrets.ts'

type Owner = { workspaceId: string; ownerId: string }
const of = (owner: Owner) => and(eq(sealedSecrets.workspaceId, owner.workspaceId), eq(sealedSecrets.ownerId, owner.ownerId))

/** Puts a secret in the place of the former one, if there was one. */
export async function putSealedSecret({ tx }: Transaction, secret: Omit<SealedSecretRow, 'createdAt'>): Promise<void> {
  const { keyId, sealed, digest } = secret
  await tx
    .insert(sealedSecrets)
    .values(secret)
    .onConflictDoUpdate({
      target: [sealedSecrets.workspaceId, sealedSecrets.ownerId, sealedSecrets.field],
      set: { keyId, sealed, digest, createdAt: sql`clock_timestamp()` },
    })
}

export async function listSealedSecrets({ tx }: Transaction, owner: Owner): Promise<SealedSecretRow[]> {
  return tx.select().from(sealedSecrets).where(of(owner))
}

/** Digest of each secret the owner has. */
export async function digestsOf({ tx }: Transaction, owner: Owner): Promise<Partial<Record<SealedSecretRow['field'], string>>> {
  const rows = await tx.select({ field: sealedSecrets.field, digest: sealedSecrets.digest }).from(sealedSecrets).where(of(owner))
  return Object.fromEntries(rows.map((row) => [row.field, row.digest]))
}

export async function deleteSealedSecrets(
  { tx }: Transaction,
  owner: Owner & { fields?: readonly SealedSecretRow['field'][] },
): Promise<void> {
  await tx
    .delete(sealedSecrets)
    .where(and(of(owner), owner.fields === undefined ? undefined : inArray(sealedSecrets.field, [...owner.fields])))
}
