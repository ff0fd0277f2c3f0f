import type { Transaction } from '@drayage/db/connect'
import { putSealedSecret } from '@drayage/db/queries/sealed-secrets'
import type { SealedSecretRow } from '@drayage/db/schema/sealed-secrets'
import type { Context } from '../context.ts'

type Field = SealedSecretRow['field']
type Owner = { workspaceId: string; ownerId: string }

export const secretNames = ['password', 'privateKey', 'passphrase'] as const satisfies readonly Field[]

/** Seals what is given and puts it in the place of what was there. */
export async function keepSecrets(
  ctx: Context,
  transaction: Transaction,
  owner: Owner,
  plain: { readonly [Name in Field]?: string | null },
): Promise<void> {
  for (const field of secretNames) {
    const text = plain[field]
    if (text == null) continue
    const sealed = await ctx.secrets.seal(text, { ...owner, field })
    // The workspace is part of it: the same password elsewhere looks different.
    const digest = ctx.secrets.digest(`${owner.workspaceId}|${field}|${text}`)
    await putSealedSecret(transaction, { ...owner, field, ...sealed, digest })
  }
}

/** Secrets in the clear, for a worker that is about to log in. */
export async function openSecrets(ctx: Context, rows: readonly SealedSecretRow[]): Promise<{ [Name in Field]?: string }> {
  const opened: { [Name in Field]?: string } = {}
  for (const row of rows) opened[row.field] = await ctx.secrets.open(row, row)
  return opened
}
