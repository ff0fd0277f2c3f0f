import { closeAttention } from '@drayage/db/queries/attentions'
import { cancelExportFiles } from '@drayage/db/queries/export-files'
import { deleteFtpClient as deleteRow } from '@drayage/db/queries/ftp-clients'
import { deleteSealedSecrets, digestsOf } from '@drayage/db/queries/sealed-secrets'
import { cancelTransfers } from '@drayage/db/queries/transfers'
import { z } from 'zod'
import { nameOf } from '../access/user-actor.ts'
import { audit } from '../audit/append.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { operation } from '../operation.ts'
import { checkVersion, versionField } from '../version.ts'
import { id } from '../wire.ts'
import { auditedClient } from './audited-client.ts'
import { lockedClient } from './found.ts'
import { stopWork } from './stop-work.ts'

/**
 * Deletes a client: its secrets are wiped, and whoever works on one of its files stops at the next step. Files of its
 * that were taken and not put away yet are named in the letter, because nobody will move them any more.
 */
export const deleteFtpClient = operation({
  name: 'deleteFtpClient',
  permission: 'ftp_client:delete',
  input: z.strictObject({ id, expectedVersion: versionField }),
  output: z.object({ id, filesLeft: z.array(z.string()) }).meta({ id: 'DeletedFtpClient' }),
  run: async ({ ctx, transaction, scope, input }) => {
    const client = await lockedClient(transaction, { id: input.id, scope })
    checkVersion(client, input.expectedVersion)
    const { workspaceId, product, id: ftpClientId } = client
    const secrets = await digestsOf(transaction, { workspaceId, ownerId: ftpClientId })

    await deleteRow(transaction, client)
    await deleteSealedSecrets(transaction, { workspaceId, ownerId: ftpClientId })
    await stopWork(transaction, { workspaceId, ftpClientId })
    await cancelExportFiles(transaction, { workspaceId, ftpClientId })
    await closeAttention(transaction, { workspaceId, ftpClientId })
    const cancelled = await cancelTransfers(transaction, { workspaceId, ftpClientId })
    const filesLeft = cancelled.flatMap(({ claimedPath, archivedPath }) =>
      claimedPath === null || archivedPath !== null ? [] : [claimedPath],
    )

    await queueLetter(ctx, transaction, {
      kind: 'ftp_client.deleted',
      workspaceId,
      ftpClientId,
      payload: { by: nameOf(ctx.actor), filesLeft },
    })
    const before = auditedClient(client, secrets)
    await audit(ctx, transaction, {
      workspaceId,
      action: 'ftp_client.deleted',
      subject: 'ftp_client',
      subjectId: ftpClientId,
      product,
      before,
    })
    return { id: ftpClientId, filesLeft }
  },
})
