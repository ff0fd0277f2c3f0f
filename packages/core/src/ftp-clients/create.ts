import { insertFtpClient } from '@drayage/db/queries/ftp-clients'
import { addRecipients } from '@drayage/db/queries/outbox'
import { digestsOf } from '@drayage/db/queries/sealed-secrets'
import { findWorkspace } from '@drayage/db/queries/workspaces'
import { workspaceNotFound } from '../access/permit.ts'
import { nameOf } from '../access/user-actor.ts'
import { audit } from '../audit/append.ts'
import { newId } from '../id.ts'
import { productOf } from '../imports/products/registry.ts'
import { invalidInput } from '../input-faults.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { operation } from '../operation.ts'
import { auditedClient } from './audited-client.ts'
import { keepSecrets } from './client-secrets.ts'
import { configDigest, connectionOf } from './configuration.ts'
import { refuseTakenFolder, shownClient } from './found.ts'
import { contradictions } from './rules.ts'
import { ftpClient, newFtpClient } from './schema.ts'

/** Makes a draft, which a passing connection test and activation bring to life. No licence is needed. */
export const createFtpClient = operation({
  name: 'createFtpClient',
  permission: 'ftp_client:create',
  input: newFtpClient,
  output: ftpClient,
  run: async ({ ctx, transaction, scope, input }) => {
    const { workspaceId, product, password, privateKey, passphrase, ...fields } = input
    const { actor, settings } = ctx
    const { mailPolicy } = productOf(product)
    const plain = { password, privateKey, passphrase }
    const held = { password: password !== undefined, privateKey: privateKey !== undefined, passphrase: passphrase !== undefined }
    const wrong = contradictions({ ...fields, product, rootFolder: settings.rootFolder }, held)
    if (wrong.length > 0) throw invalidInput(wrong)
    if ((await findWorkspace(transaction, workspaceId)) === undefined) throw workspaceNotFound()

    const id = newId()
    const owner = { workspaceId, ownerId: id }
    await keepSecrets(ctx, transaction, owner, plain)
    const connection = connectionOf({ ...fields, rootFolder: settings.rootFolder })
    const secrets = await digestsOf(transaction, owner)
    const notificationEmails = fields.notificationEmails ?? (actor.kind === 'user' ? [actor.email] : [])
    const row = await insertFtpClient(transaction, {
      workspaceId,
      id,
      product,
      mailPolicy,
      ...fields,
      rootFolder: settings.rootFolder,
      notificationEmails,
      configDigest: configDigest(ctx, { workspaceId, product, connection, secrets }),
      hasPassword: held.password,
      hasPrivateKey: held.privateKey,
      secretUpdatedAt: ctx.now(),
      createdBy: actor.kind === 'user' ? actor.id : null,
    }).catch(refuseTakenFolder)

    const client = { workspaceId, ftpClientId: id }
    await addRecipients(transaction, client, { addresses: notificationEmails, addedBy: nameOf(actor) })
    await queueLetter(ctx, transaction, { kind: 'ftp_client.created', ...client, payload: { by: nameOf(actor) } })
    const after = auditedClient(row, secrets)
    await audit(ctx, transaction, { workspaceId, action: 'ftp_client.created', subject: 'ftp_client', subjectId: id, product, after })
    return shownClient(transaction, { id, scope })
  },
})
