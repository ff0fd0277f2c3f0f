import type { Transaction } from '../connect.ts'
import { and, eq, inArray, isNull, sql } from '../drizzle.ts'
import { ftpClients } from '../schema/ftp-clients.ts'
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

/**
 * The secrets of a client, if it is still in this configuration; undefined when it was changed or deleted. One statement,
 * so that secrets and configuration belong together.
 */
export async function secretsOfClient(
  { tx }: Transaction,
  client: { workspaceId: string; id: string; configDigest: string },
): Promise<SealedSecretRow[] | undefined> {
  const rows = await tx
    .select({ secret: sealedSecrets })
    .from(ftpClients)
    .leftJoin(sealedSecrets, and(eq(sealedSecrets.workspaceId, ftpClients.workspaceId), eq(sealedSecrets.ownerId, ftpClients.id)))
    .where(
      and(
        eq(ftpClients.workspaceId, client.workspaceId),
        eq(ftpClients.id, client.id),
        eq(ftpClients.configDigest, client.configDigest),
        isNull(ftpClients.deletedAt),
      ),
    )
  return rows.length === 0 ? undefined : rows.flatMap(({ secret }) => (secret === null ? [] : [secret]))
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
