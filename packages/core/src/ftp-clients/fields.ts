import { X509Certificate } from 'node:crypto'
import { duplicatePolicies, mailPolicies, protocols } from '@drayage/db/vocabulary'
import { z } from 'zod'
import { mailAddress } from '../notifications/mail-address.ts'
import { readHost } from '../remotes/egress-addresses.ts'
import { checkBaseDirectory, normaliseBaseDirectory } from '../remotes/path.ts'
import { line } from '../wire.ts'

/** The fields of an FTP client as they stand on the wire, each with its own limits. */

const because = (code: string, error: string) => ({ error, params: { code } })
const oneLine = (text: string) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) && text.isWellFormed()

const baseDirectory = z
  .string()
  .min(1)
  .superRefine((text, check) => {
    const reason = checkBaseDirectory(text)
    if (reason !== undefined)
      check.addIssue({ code: 'custom', message: `It cannot be used: ${reason}.`, params: { code: 'base_directory_syntax' } })
  })
  .overwrite((text) => (checkBaseDirectory(text) === undefined ? normaliseBaseDirectory(text) : text))
  .meta({ description: 'Absolute path on the server; the product’s folders are made below it.' })

const host = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .refine((text) => readHost(text).kind !== 'odd', because('host_syntax', 'Give a host name or an IP address, such as sftp.example.com.'))
  .overwrite((text) => {
    const read = readHost(text)
    return read.kind === 'name' ? read.name : text
  })

/** Where, how and as whom to connect. */
export const connectionFields = {
  protocol: z.enum(protocols).meta({ id: 'Protocol' }),
  tlsMode: z.enum(['explicit', 'implicit']).meta({ id: 'TlsMode' }),
  host,
  port: z.int().min(1).max(65535),
  transferMode: z.enum(['passive', 'active']).meta({ id: 'FtpTransferMode' }),
  baseDirectory,
  username: z.string().min(1).max(255).refine(oneLine, because('not_one_line', 'Use no line breaks or control characters.')),
  trustedHostKeys: z
    .array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'Give a fingerprint as ssh-keygen shows it: SHA256: and 43 characters.'))
    .max(5)
    .meta({ description: 'Fingerprints of the host keys that are accepted (SFTP)' }),
  trustedCertificate: z
    .string()
    .max(16_384)
    .refine(isCertificate, because('certificate_syntax', 'Give one certificate in PEM form.'))
    .meta({ description: 'PEM of the certificate that is accepted (FTPS)' }),
  acknowledgeInsecure: z.boolean().meta({ description: 'Plain FTP sends the password and all files unencrypted; true says you know' }),
  algorithms: z.enum(['default', 'legacy']).meta({ id: 'Algorithms' }),
}

/** Never part of a reply. */
export const secretFields = {
  password: z.string().min(1).max(1024).refine(oneLine, because('not_one_line', 'Use no line breaks or control characters.')),
  privateKey: z
    .string()
    .min(1)
    .max(16_384)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), because('not_text', 'Paste the key as text.')),
  passphrase: z.string().min(1).max(1024).refine(oneLine, because('not_one_line', 'Use no line breaks or control characters.')),
}

export const csv = z
  .strictObject({
    delimiter: z
      .string()
      .regex(/^[,;|\t]$/, 'Use a comma, a semicolon, a bar or a tab.')
      .default(','),
    quote: z
      .string()
      .regex(/^["']$/, 'Use a double or a single quotation mark.')
      .default('"'),
    encoding: z
      .string()
      .regex(/^utf-8$/, 'Files are read as UTF-8, or as UTF-16 where they begin with its mark.')
      .default('utf-8'),
  })
  .meta({ id: 'CsvDialect' })

/** How its files are treated and who is told. */
export const workFields = {
  label: line({ max: 64 }),
  csv,
  timeZone: z.string().max(64).refine(isTimeZone, because('time_zone_unknown', 'Give a time zone by its IANA name, such as Asia/Kolkata.')),
  notificationEmails: z
    .array(mailAddress)
    .max(20)
    .overwrite((addresses) => [...new Set(addresses)]),
  mailPolicy: z.enum(mailPolicies).meta({ id: 'MailPolicy' }),
  pollIntervalSeconds: z.int().min(1).max(86_400),
  quietSeconds: z.int().min(0).max(3_600),
  maxSessions: z
    .int()
    .min(1)
    .max(10)
    .meta({ description: 'Sessions that may be open with the server at a time, by all clients that are the same user there' }),
  duplicatePolicy: z.enum(duplicatePolicies).meta({ id: 'DuplicatePolicy' }),
  settings: z
    .record(z.string().max(64), z.unknown())
    .refine((settings) => JSON.stringify(settings).length <= 4096, because('settings_too_large', 'At most 4096 characters of JSON.'))
    .meta({ description: 'Settings of the product' }),
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}

function isTimeZone(text: string): boolean {
  try {
    // The names only, not the offsets that Intl takes as well.
    return /^[A-Za-z]/.test(text) && new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
