import type { Transaction } from '../connect.ts'
import { and, eq, inArray } from '../drizzle.ts'
import { mailSuppressions } from '../schema/outbox.ts'

type Suppression = { workspaceId: string; address: string }

/** False when it was there already. */
export async function suppressMail({ tx }: Transaction, row: Suppression): Promise<boolean> {
  const made = await tx.insert(mailSuppressions).values(row).onConflictDoNothing().returning({ address: mailSuppressions.address })
  return made.length === 1
}

/** Those of the addresses that want no mail from the workspace. */
export async function suppressedOf({ tx }: Transaction, of: { workspaceId: string; addresses: readonly string[] }): Promise<string[]> {
  if (of.addresses.length === 0) return []
  const rows = await tx
    .select({ address: mailSuppressions.address })
    .from(mailSuppressions)
    .where(and(eq(mailSuppressions.workspaceId, of.workspaceId), inArray(mailSuppressions.address, [...of.addresses])))
  return rows.map(({ address }) => address)
}
