import type { Transaction } from '@drayage/db/connect'
import { updateFtpClient as updateRow } from '@drayage/db/queries/ftp-clients'
import { addRecipients, removeRecipients } from '@drayage/db/queries/outbox'
import { changePollInterval, stopPolling } from '@drayage/db/queries/poll-schedule'
import { deleteSealedSecrets, digestsOf } from '@drayage/db/queries/sealed-secrets'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import { nameOf } from '../access/user-actor.ts'
import { audit, difference, masked } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import { invalidInput } from '../input-faults.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { operation } from '../operation.ts'
import { checkVersion } from '../version.ts'
import { auditedClient } from './audited-client.ts'
import { keepSecrets, secretNames } from './client-secrets.ts'
import { configDigest, connectionOf } from './configuration.ts'
import { lockedClient, refuseTakenFolder, shownClient } from './found.ts'
import { contradictions } from './rules.ts'
import { type FtpClientChange, ftpClient, ftpClientChange } from './schema.ts'

/** Where a secret goes and what guards it on the way: with these changed it would reach somebody it was not typed for. */
const guarding = ['host', 'port', 'protocol', 'username', 'tlsMode', 'trustedHostKeys', 'trustedCertificate', 'algorithms'] as const

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
    const owner = { workspaceId, ownerId: id }
    const { id: _, expectedVersion, password, privateKey, passphrase, ...fields } = input
    const given: Partial<typeof fields> = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
    const wanted: FtpClientRow = Object.assign({ ...before }, given)

    const secretsBefore = await digestsOf(transaction, owner)
    const plain = replacedSecrets({ password, privateKey, passphrase })
    const held = (name: (typeof secretNames)[number]) =>
      plain[name] === undefined ? secretsBefore[name] !== undefined : plain[name] !== null
    const wrong = contradictions(wanted, { password: held('password'), privateKey: held('privateKey'), passphrase: held('passphrase') })
    if (wrong.length > 0) throw invalidInput(wrong)
    const guards = guarding.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(wanted[field]))
    const kept = secretNames.filter((name) => secretsBefore[name] !== undefined && plain[name] === undefined)
    if (guards.length > 0 && kept.length > 0) throw secretRequired(guards, kept)

    await deleteSealedSecrets(transaction, { ...owner, fields: secretNames.filter((name) => plain[name] === null) })
    await keepSecrets(ctx, transaction, owner, plain)
    const secrets = await digestsOf(transaction, owner)
    const secretsChanged = secretNames.filter((name) => secretsBefore[name] !== secrets[name])
    const digest = configDigest(ctx, { workspaceId, product, connection: connectionOf(wanted), secrets })
    const change = difference({ before: auditedClient(before, {}), after: auditedClient(wanted, {}) })
    if (Object.keys(change.after).length === 0 && secretsChanged.length === 0) return shownClient(transaction, { id, scope })

    const toDraft = digest !== before.configDigest
    const after = await updateRow(transaction, before, {
      ...given,
      configDigest: digest,
      status: toDraft ? 'draft' : before.status,
      hasPassword: secrets.password !== undefined,
      hasPrivateKey: secrets.privateKey !== undefined,
      ...(secretsChanged.length > 0 && { secretVersion: before.secretVersion + 1, secretUpdatedAt: ctx.now() }),
    }).catch(refuseTakenFolder)
    const client = { workspaceId, ftpClientId: id }
    if (toDraft) await stopPolling(transaction, client)
    else await changePollInterval(transaction, { ...client, intervalSeconds: after.pollIntervalSeconds })

    await tell(ctx, transaction, { before, after, changed: [...Object.keys(change.after), ...secretsChanged] })
    const masks = Object.fromEntries(secretsChanged.map((name) => [name, masked]))
    const states = difference({ before: auditedClient(before, {}), after: auditedClient(after, {}) })
    const event = { before: states.before, after: { ...states.after, ...masks } }
    await audit(ctx, transaction, { workspaceId, action: 'ftp_client.updated', subject: 'ftp_client', subjectId: id, product, ...event })
    return shownClient(transaction, { id, scope })
  },
})

/** A new key, or none, takes the passphrase of the former one with it. */
function replacedSecrets(given: Pick<FtpClientChange, (typeof secretNames)[number]>): Pick<FtpClientChange, (typeof secretNames)[number]> {
  if (given.privateKey === undefined || given.passphrase !== undefined) return given
  return { ...given, passphrase: null }
}

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

function secretRequired(changed: readonly string[], secrets: readonly string[]): Fault {
  const errors = secrets.map((secret) => ({
    pointer: `/${secret}`,
    code: 'secret_required',
    message: 'Type it again, or take it away with null.',
  }))
  return new Fault(
    'unprocessable',
    'ftp_client.secret_required',
    `A stored secret is only ever sent where it was typed for. You changed ${changed.join(', ')}: type ${secrets.join(' and ')} again.`,
    { details: { changed, errors } },
  )
}
