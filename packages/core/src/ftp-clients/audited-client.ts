import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { SealedSecretRow } from '@drayage/db/schema/sealed-secrets'
import { masked } from '../audit/append.ts'
import { secretNames } from './client-secrets.ts'

const audited = [
  'product',
  'label',
  'protocol',
  'tlsMode',
  'host',
  'port',
  'transferMode',
  'baseDirectory',
  'username',
  'trustedHostKeys',
  'trustedCertificate',
  'acknowledgeInsecure',
  'algorithms',
  'csv',
  'timeZone',
  'notificationEmails',
  'mailPolicy',
  'pollIntervalSeconds',
  'quietSeconds',
  'maxSessions',
  'duplicatePolicy',
  'settings',
  'status',
] as const satisfies readonly (keyof FtpClientRow)[]

/** What the audit trail keeps of a client: what people set, with `***` where a secret stands. */
export function auditedClient(row: FtpClientRow, secrets: Partial<Record<SealedSecretRow['field'], string>>): Record<string, unknown> {
  const held = secretNames.filter((name) => secrets[name] !== undefined)
  return Object.fromEntries([...audited.map((key) => [key, row[key]]), ...held.map((name) => [name, masked])])
}
