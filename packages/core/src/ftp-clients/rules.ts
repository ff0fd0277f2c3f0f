import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import { productOf } from '../imports/products/registry.ts'
import { fieldErrors, type InputError } from '../input-faults.ts'
import { nameOf } from '../remotes/path.ts'
import { protocolFacts } from './protocols.ts'

type Fields = Pick<
  FtpClientRow,
  'product' | 'protocol' | 'trustedHostKeys' | 'acknowledgeInsecure' | 'baseDirectory' | 'rootFolder' | 'settings'
> & {
  trustedCertificate?: string | null
}

/** Which secrets a client has, or will have. */
export type SecretsHeld = { password: boolean; privateKey: boolean; passphrase: boolean }

/** What contradicts itself between fields that are each right; empty for a client that can be made. */
export function contradictions(fields: Fields, secrets: SecretsHeld): InputError[] {
  const { title, secure, trusts, secrets: usable } = protocolFacts[fields.protocol]
  const errors: InputError[] = []
  const wrong = (field: string, code: string, message: string) => errors.push({ pointer: `/${field}`, code, message })

  if (!secure && !fields.acknowledgeInsecure) {
    wrong(
      'acknowledgeInsecure',
      'insecure_not_acknowledged',
      `${title} sends the password and all files unencrypted. Use SFTP, or set this to true.`,
    )
  }
  if (trusts !== 'hostKey' && fields.trustedHostKeys.length > 0) wrong('trustedHostKeys', 'not_for_protocol', `${title} has no host keys.`)
  if (trusts !== 'certificate' && fields.trustedCertificate != null)
    wrong('trustedCertificate', 'not_for_protocol', `${title} has no certificate.`)
  if (secrets.privateKey && !usable.includes('privateKey')) wrong('privateKey', 'not_for_protocol', `${title} has no keys.`)
  if (secrets.passphrase && !secrets.privateKey)
    wrong('passphrase', 'passphrase_without_key', 'A passphrase opens a private key; give the key as well.')
  if (!usable.some((secret) => secrets[secret]))
    wrong('password', 'required', `Give a ${usable.length > 1 ? 'password or a private key' : 'password'}.`)
  const { settings } = productOf(fields.product)
  if (settings !== undefined) errors.push(...fieldErrors(settings, fields.settings, 'settings'))
  return errors
}

/** What can be done and is probably not meant. */
export function warningsAbout(fields: Fields): { code: string; message: string }[] {
  const warnings: { code: string; message: string }[] = []
  const { title, secure } = protocolFacts[fields.protocol]
  if (!secure) {
    const message = `${title} sends the password and all files unencrypted. SFTP is recommended.`
    warnings.push({ code: 'ftp_client.insecure_protocol', message })
  }
  const inRoot = productOf(fields.product).below === 'root_folder'
  if (inRoot && nameOf(fields.baseDirectory).toLowerCase() === fields.rootFolder.toLowerCase()) {
    const message = `The base directory is itself called ${fields.rootFolder}; a folder of that name is made in it. You may mean the directory above.`
    warnings.push({ code: 'ftp_client.base_directory_named_like_root', message })
  }
  return warnings
}
