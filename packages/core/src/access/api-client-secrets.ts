import type { Transaction } from '@drayage/db/connect'
import { insertSecret } from '@drayage/db/queries/api-clients'
import type { ApiClientRow, ApiClientSecretRow } from '@drayage/db/schema/api-clients'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { id, instant } from '../wire.ts'
import { newClientSecret } from './client-secret.ts'
import { credentialsOf } from './credentials.ts'

/** A secret as it is shown: everything but itself. */
export const apiClientSecret = z
  .object({
    id,
    last4: z.string(),
    createdAt: instant,
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'to within five minutes' }),
    lastUsedFrom: z.string().nullable(),
  })
  .meta({ id: 'ApiClientSecret' })

export function showSecret(row: ApiClientSecretRow): z.input<typeof apiClientSecret> {
  const { createdAt, expiresAt, lastUsedAt } = row
  const dates = {
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
  return { ...row, ...dates }
}

/** A new secret of the client; `text` is it, and is kept nowhere. */
export async function keepNewSecret(
  ctx: Context,
  transaction: Transaction,
  client: ApiClientRow,
): Promise<{ secret: ApiClientSecretRow; text: string }> {
  const { id: secretId, text, last4 } = newClientSecret(ctx.settings.environment)
  const secret = await insertSecret(transaction, {
    workspaceId: client.workspaceId,
    id: secretId,
    apiClientId: client.id,
    hash: secretHash(ctx, text),
    last4,
    createdBy: ctx.actor.kind === 'user' ? ctx.actor.id : null,
  })
  return { secret, text }
}

export function secretHash(ctx: Context, text: string): Buffer {
  return credentialsOf(ctx).keyring.digest('api_client_secret', text)
}
