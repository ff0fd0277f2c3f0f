import type { Transaction } from '@drayage/db/connect'
import { deleteSealedSecrets, digestsOf } from '@drayage/db/queries/sealed-secrets'
import type { Connection } from '@drayage/db/schema/connection-tests'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { SealedSecretRow } from '@drayage/db/schema/sealed-secrets'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import { invalidInput } from '../input-faults.ts'
import { keepSecrets, secretNames } from './client-secrets.ts'
import { contradictions, type SecretsHeld } from './rules.ts'

type SecretName = SealedSecretRow['field']
/** Undefined stays as it is, null is taken away. */
type GivenSecrets = { [Name in SecretName]?: string | null }

/** Whether a field says where a secret goes or what guards it on the way: with it changed somebody else could get it. */
const guards: Record<keyof Connection, boolean> = {
  host: true,
  port: true,
  protocol: true,
  username: true,
  tlsMode: true,
  trustedHostKeys: true,
  trustedCertificate: true,
  algorithms: true,
  transferMode: false,
  baseDirectory: false,
  rootFolder: false,
}
const guarding = (Object.keys(guards) as (keyof Connection)[]).filter((field) => guards[field])

/**
 * Changes the secrets of a client as given, if the client as it is wanted makes sense with them. Faults: `input.invalid`,
 * and `ftp_client.secret_required` when a secret that is kept would go elsewhere or less guarded than it was typed for.
 *
 * @returns the digests of what it has now, and the names of those that changed
 */
export async function changeSecrets(
  ctx: Context,
  transaction: Transaction,
  change: { before: FtpClientRow; wanted: FtpClientRow; given: GivenSecrets },
): Promise<{ secrets: { [Name in SecretName]?: string }; changed: SecretName[] }> {
  const { before, wanted } = change
  const given = withPassphrase(change.given)
  const owner = { workspaceId: before.workspaceId, ownerId: before.id }
  const former = await digestsOf(transaction, owner)

  const held = (name: SecretName) => (given[name] === undefined ? former[name] !== undefined : given[name] !== null)
  const wrong = contradictions(wanted, Object.fromEntries(secretNames.map((name) => [name, held(name)])) as SecretsHeld)
  if (wrong.length > 0) throw invalidInput(wrong)
  const elsewhere = guarding.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(wanted[field]))
  const kept = secretNames.filter((name) => former[name] !== undefined && given[name] === undefined)
  if (elsewhere.length > 0 && kept.length > 0) throw secretRequired(elsewhere, kept)

  await deleteSealedSecrets(transaction, { ...owner, fields: secretNames.filter((name) => given[name] === null) })
  await keepSecrets(ctx, transaction, owner, given)
  const secrets = await digestsOf(transaction, owner)
  return { secrets, changed: secretNames.filter((name) => former[name] !== secrets[name]) }
}

/** A new key, or none, takes the passphrase of the former one with it. */
function withPassphrase(given: GivenSecrets): GivenSecrets {
  return given.privateKey === undefined || given.passphrase !== undefined ? given : { ...given, passphrase: null }
}

function secretRequired(changed: readonly string[], kept: readonly SecretName[]): Fault {
  const errors = kept.map((name) => ({
    pointer: `/${name}`,
    code: 'secret_required',
    message: 'Type it again, or take it away with null.',
  }))
  return new Fault(
    'unprocessable',
    'ftp_client.secret_required',
    `A stored secret is only ever sent where it was typed for. You changed ${changed.join(', ')}: type ${kept.join(' and ')} again.`,
    { details: { changed, errors } },
  )
}
