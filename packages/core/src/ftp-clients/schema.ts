import type { FtpClientWithAttention } from '@drayage/db/queries/ftp-clients'
import { z } from 'zod'
import { versionField } from '../version.ts'
import { id, instant, listOf, productKey, warning } from '../wire.ts'
import { connectionFields, csv, secretFields, workFields } from './fields.ts'
import { warningsAbout } from './rules.ts'

/** The wire shapes of an FTP client. Secrets go in and never come out. */

export const newFtpClient = z
  .strictObject({
    workspaceId: id,
    product: productKey,
    ...connectionFields,
    protocol: connectionFields.protocol.default('sftp'),
    tlsMode: connectionFields.tlsMode.default('explicit'),
    transferMode: connectionFields.transferMode.default('passive'),
    trustedHostKeys: connectionFields.trustedHostKeys.default([]),
    trustedCertificate: connectionFields.trustedCertificate.optional(),
    acknowledgeInsecure: connectionFields.acknowledgeInsecure.default(false),
    algorithms: connectionFields.algorithms.default('default'),
    password: secretFields.password.optional(),
    privateKey: secretFields.privateKey.optional(),
    passphrase: secretFields.passphrase.optional(),
    ...workFields,
    csv: csv.prefault({}),
    timeZone: workFields.timeZone.default('Asia/Kolkata'),
    notificationEmails: workFields.notificationEmails.optional().meta({ description: 'The creator’s by default' }),
    mailPolicy: workFields.mailPolicy.optional(),
    pollIntervalSeconds: workFields.pollIntervalSeconds.default(60),
    quietSeconds: workFields.quietSeconds.default(10),
    maxSessions: workFields.maxSessions.default(2),
    duplicatePolicy: workFields.duplicatePolicy.default('skip'),
    settings: workFields.settings.default({}),
  })
  .meta({ id: 'NewFtpClient' })

/** A saved client by its id, or all that a new one is made of. */
export const newConnectionTest = z
  .strictObject({ workspaceId: id, product: productKey, ...connectionFields, ...secretFields, ...workFields })
  .partial()
  .extend({ ftpClientId: id.optional() })
  .meta({ id: 'NewConnectionTest' })

/** What is left out stays; null takes away. Workspace and product cannot change. */
export const ftpClientChange = z
  .strictObject({ ...connectionFields, ...secretFields, ...workFields })
  .partial()
  .extend({
    id,
    expectedVersion: versionField,
    trustedCertificate: connectionFields.trustedCertificate.nullish(),
    password: secretFields.password.nullish(),
    privateKey: secretFields.privateKey.nullish(),
    passphrase: secretFields.passphrase.nullish(),
  })
  .meta({ id: 'FtpClientChange' })

export const ftpClientStatus = z.enum(['draft', 'active', 'paused', 'needs_attention']).meta({ id: 'FtpClientStatus' })

export const ftpClient = z
  .object({
    id,
    workspaceId: id,
    product: productKey,
    label: z.string(),
    protocol: connectionFields.protocol,
    tlsMode: connectionFields.tlsMode,
    host: z.string(),
    port: z.int(),
    transferMode: connectionFields.transferMode,
    baseDirectory: z.string(),
    rootFolder: z.string(),
    username: z.string(),
    hasPassword: z.boolean(),
    hasPrivateKey: z.boolean(),
    secretUpdatedAt: instant.optional(),
    trustedHostKeys: z.array(z.string()),
    trustedCertificate: z.string().optional(),
    acknowledgeInsecure: z.boolean(),
    algorithms: connectionFields.algorithms,
    csv: z.object({ delimiter: z.string(), quote: z.string(), encoding: z.string() }).meta({ id: 'Csv' }),
    timeZone: z.string(),
    notificationEmails: z.array(z.string()),
    mailPolicy: workFields.mailPolicy,
    pollIntervalSeconds: z.int(),
    quietSeconds: z.int(),
    maxSessions: z.int(),
    duplicatePolicy: workFields.duplicatePolicy,
    settings: z.record(z.string(), z.unknown()),
    status: ftpClientStatus,
    attention: z.object({ code: z.string(), message: z.string(), since: instant }).meta({ id: 'Attention' }).optional(),
    createdAt: instant,
    updatedAt: instant,
    version: z.int(),
    warnings: listOf(warning, { most: 5 }).optional(),
  })
  .meta({ id: 'FtpClient' })

export function showFtpClient(row: FtpClientWithAttention): z.input<typeof ftpClient> {
  const attention = row.status === 'active' ? row.attention : null
  const warnings = warningsAbout(row)
  return {
    ...row,
    trustedCertificate: row.trustedCertificate ?? undefined,
    secretUpdatedAt: row.secretUpdatedAt?.toISOString(),
    status: attention === null ? row.status : 'needs_attention',
    attention: attention === null ? undefined : { ...attention, since: attention.since.toISOString() },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    warnings: warnings.length === 0 ? undefined : warnings,
  }
}
