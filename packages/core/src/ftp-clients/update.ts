import type { Transaction } from '@drayage/db/connect'
import { wakeExports } from '@drayage/db/queries/export-schedule'
import { updateFtpClient as updateRow } from '@drayage/db/queries/ftp-clients'
import { addRecipients, removeRecipients } from '@drayage/db/queries/outbox'
import { changePollInterval } from '@drayage/db/queries/poll-schedule'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import { nameOf } from '../access/user-actor.ts'
import { audit, difference, masked } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { operation } from '../operation.ts'
import { checkVersion } from '../version.ts'
import { auditedClient } from './audited-client.ts'
import { changeSecrets } from './change-secrets.ts'
import { configDigest, connectionOf } from './configuration.ts'
import { lockedClient, refuseTakenFolder, shownClient } from './found.ts'
import { ftpClient, ftpClientChange } from './schema.ts'
import { stopWork } from './stop-work.ts'

/**
 * A change of what a connection test depends on makes the client a draft again. Faults: `ftp_client.secret_required`,
 * `ftp_client.folder_taken`, `version.required`, `version.stale`.
 */
export const updateFtpClient = operation({
  name: 'updateFtpClient',
  permission: 'ftp_client:update',
  input: ftpClientChange,
  output: ftpClient,
  run: async ({ ctx, transaction, scope, input }) => {
    const before = await lockedClient(transaction, { id: input.id, scope })
    checkVersion(before, input.expectedVersion)
    const { workspaceId, product, id } = before
    const { id: _, expectedVersion, password, privateKey, passphrase, ...fields } = input
    const given: Partial<typeof fields> = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
    const wanted: FtpClientRow = Object.assign({ ...before }, given)

    const plain = { password, privateKey, passphrase }
    const { secrets, changed: secretsChanged } = await changeSecrets(ctx, transaction, { before, wanted, given: plain })
    const changed = [
      ...Object.keys(difference({ before: auditedClient(before, {}), after: auditedClient(wanted, {}) }).after),
      ...secretsChanged,
    ]
    if (changed.length === 0) return shownClient(transaction, { id, scope })

    const digestOf = (row: FtpClientRow) => configDigest(ctx, { workspaceId, product, connection: connectionOf(row), secrets })
    const toDraft = secretsChanged.length > 0 || digestOf(before) !== digestOf(wanted)
    const after = await updateRow(transaction, before, {
      ...given,
      configDigest: digestOf(wanted),
      status: toDraft ? 'draft' : before.status,
      hasPassword: secrets.password !== undefined,
      hasPrivateKey: secrets.privateKey !== undefined,
      ...(secretsChanged.length > 0 && { secretUpdatedAt: ctx.now() }),
    }).catch(refuseTakenFolder)
    const client = { workspaceId, ftpClientId: id }
    if (toDraft) await stopWork(transaction, client)
    else {
      await wakeExports(transaction, client)
      await changePollInterval(transaction, { ...client, intervalSeconds: after.pollIntervalSeconds })
    }

    await tell(ctx, transaction, { before, after, changed })
    const masks = Object.fromEntries(secretsChanged.map((name) => [name, masked]))
    const states = difference({ before: auditedClient(before, {}), after: auditedClient(after, {}) })
    const event = { before: states.before, after: { ...states.after, ...masks } }
    await audit(ctx, transaction, { workspaceId, action: 'ftp_client.updated', subject: 'ftp_client', subjectId: id, product, ...event })
    return shownClient(transaction, { id, scope })
  },
})

/** On a change of addresses everybody before and after is told; of other changes those that stay. */
async function tell(
  ctx: Context,
  transaction: Transaction,
  change: { before: FtpClientRow; after: FtpClientRow; changed: readonly string[] },
): Promise<void> {
  const { before, after } = change
  const client = { workspaceId: after.workspaceId, ftpClientId: after.id }
  const by = nameOf(ctx.actor)
  const added = after.notificationEmails.filter((address) => !before.notificationEmails.includes(address))
  const removed = before.notificationEmails.filter((address) => !after.notificationEmails.includes(address))
  if (added.length + removed.length > 0) {
    await addRecipients(transaction, client, { addresses: added, addedBy: by })
    await removeRecipients(transaction, client, { addresses: removed })
    const payload = { by, before: before.notificationEmails, after: after.notificationEmails }
    await queueLetter(ctx, transaction, { kind: 'ftp_client.addresses_changed', ...client, payload })
  }
  const changed = change.changed.filter((field) => field !== 'notificationEmails')
  if (changed.length === 0) return
  const payload = { by, changed, draft: after.status === 'draft' && before.status !== 'draft' }
  await queueLetter(ctx, transaction, { kind: 'ftp_client.updated', ...client, payload })
}
