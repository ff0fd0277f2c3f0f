/** The words that are stored: every closed list of the schema, written once. Their meaning stands in docs/glossary.md. */

export const products = ['gst', 'e_invoicing', 'max_itc', 'ratebooks'] as const
export type ProductKey = (typeof products)[number]

export const protocols = ['ftp', 'ftps', 'sftp'] as const
export type Protocol = (typeof protocols)[number]

export const roles = ['workspace_admin', 'product_admin'] as const
export type Role = (typeof roles)[number]

/** What is stored; `needs_attention` is an active client with an open attention. */
export const ftpClientStatuses = ['draft', 'active', 'paused'] as const
export type FtpClientStatus = (typeof ftpClientStatuses)[number]

export const connectionTestStatuses = ['queued', 'running', 'passed', 'failed'] as const
export type ConnectionTestStatus = (typeof connectionTestStatuses)[number]

export const transferModes = ['live', 'test'] as const
export type TransferMode = (typeof transferModes)[number]

/** The life of a transfer, see docs/transfer-states.md; the allowed moves are data in core's transfers/states.ts. */
export const transferStates = [
  'seen',
  'claiming',
  'claimed',
  'fetched',
  'imported',
  'rejected',
  'reported',
  'delivered',
  'archived',
  'vanished',
  'quarantined',
  'cancelled',
] as const
export type TransferState = (typeof transferStates)[number]

export const severities = ['error', 'warning', 'notice'] as const
export type Severity = (typeof severities)[number]

export const mailPolicies = ['problems', 'always'] as const
export type MailPolicy = (typeof mailPolicies)[number]

export const duplicatePolicies = ['skip', 'process'] as const
export type DuplicatePolicy = (typeof duplicatePolicies)[number]

/** Stands for what belongs to no workspace, in the audit trail and in the outbox. Nobody is its member, no list shows it. */
export const installationId = '00000000-0000-0000-0000-000000000000'

export const ratebookStatuses = ['published', 'archived'] as const
export type RatebookStatus = (typeof ratebookStatuses)[number]

/** What is passed on to customers in files that we make. */
export const exportKinds = ['sign_ups', 'enquiries'] as const
export type ExportKind = (typeof exportKinds)[number]

/** The countries of the United Kingdom, which differ in income tax. */
export const residencies = ['england', 'northern_ireland', 'scotland', 'wales'] as const
export type Residency = (typeof residencies)[number]

export const sessionEnds = ['logged_out', 'token_reused', 'password_set'] as const
export type SessionEnd = (typeof sessionEnds)[number]
