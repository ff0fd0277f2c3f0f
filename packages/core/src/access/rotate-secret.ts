import { deleteSecret, expireSecrets, liveSecretsOf } from '@drayage/db/queries/api-clients'
import { z } from 'zod'
import { audit, masked } from '../audit/append.ts'
import { Fault } from '../faults.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { operation } from '../operation.ts'
import { id } from '../wire.ts'
import { apiClientSecret, keepNewSecret, showSecret } from './api-client-secrets.ts'
import { audited, lockedApiClient, toldOf } from './api-clients.ts'

const day = 24 * 3600

/** Gives the client a new secret; the one before works for a while, so that the ERP can be changed over. */
export const rotateApiClientSecret = operation({
  name: 'rotateApiClientSecret',
  permission: 'api_client:rotate',
  input: z.strictObject({
    id,
    overlapSeconds: z
      .int()
      .min(0)
      .max(30 * day)
      .default(day)
      .meta({ description: 'for how long the secret before still works' }),
  }),
  output: apiClientSecret
    .extend({ clientSecret: z.string().meta({ description: 'shown now and never again' }) })
    .meta({ id: 'NewApiClientSecret' }),
  run: async ({ ctx, transaction, scope, input }) => {
    const client = await lockedApiClient(transaction, { id: input.id, scope })
    if ((await liveSecretsOf(transaction, [client])).length >= 2) throw twoAlready()
    await expireSecrets(transaction, client, { afterSeconds: input.overlapSeconds })
    const { secret, text } = await keepNewSecret(ctx, transaction, client)
    const after = { secret: masked, secretId: secret.id, overlapSeconds: input.overlapSeconds }
    await audit(ctx, transaction, { ...audited(client), action: 'api_client.secret_rotated', after })
    const payload = { ...toldOf(ctx, client), overlapSeconds: input.overlapSeconds }
    await queueLetter(ctx, transaction, { kind: 'api_client.secret_rotated', workspaceId: client.workspaceId, payload })
    return { ...showSecret(secret), clientSecret: text }
  },
})

/** Ends a secret now; access tokens it gave end within seconds. */
export const deleteApiClientSecret = operation({
  name: 'deleteApiClientSecret',
  permission: 'api_client:rotate',
  input: z.strictObject({ id, secretId: id }),
  output: z.object({ id }).meta({ id: 'DeletedApiClientSecret' }),
  run: async ({ ctx, transaction, scope, input }) => {
    const client = await lockedApiClient(transaction, { id: input.id, scope })
    const found = (await liveSecretsOf(transaction, [client])).find((secret) => secret.id === input.secretId)
    if (found === undefined)
      throw new Fault('not_found', 'api_client.secret_not_found', 'This API client has no such secret, or it has expired.')
    await deleteSecret(transaction, found)
    const before = { secret: masked, secretId: found.id }
    await audit(ctx, transaction, { ...audited(client), action: 'api_client.secret_deleted', before })
    const { workspaceId } = client
    await queueLetter(ctx, transaction, { kind: 'api_client.secret_deleted', workspaceId, payload: toldOf(ctx, client) })
    return { id: found.id }
  },
})

function twoAlready(): Fault {
  return new Fault(
    'conflict',
    'api_client.two_secrets',
    'This API client has two secrets already. Delete the one that is not used any more.',
  )
}
