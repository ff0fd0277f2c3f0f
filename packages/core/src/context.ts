import type { Database, Transaction } from '@drayage/db/connect'
import type { Actor } from './access/actor.ts'
import type { Credentials } from './access/credentials.ts'
import type { Enqueue } from './jobs.ts'
import type { Endpoint, OpenedRemote } from './remotes/remote.ts'
import type { Sessions } from './remotes/sessions.ts'

/**
 * Everything core needs from outside, built in the shells' main files and in `testing/context.ts`. It is the whole of
 * dependency injection.
 */
export type Context = {
  db: Database
  /** On whose behalf: decides whose rows are seen and what is permitted. */
  actor: Actor
  /** The request this began with, in whatever process: the audit trail and mails name it. */
  request?: { id: string; address?: string }
  /** Business dates and reports. Leases, due and quiet times are the database's clock. */
  now(): Date
  /** Asks for queue work inside an open transaction: it is there if and only if the transaction commits. */
  enqueue: Enqueue
  /** Opens a session through the egress guard. Faults: see remotes/remote-faults.ts. */
  openRemote(endpoint: Endpoint): Promise<OpenedRemote>
  /** The sessions a worker has open, within the caps that all workers keep. Without them each use opens its own. */
  sessions?: Sessions
  /** Hands one message to the relay; resolves when the relay has taken it. */
  mail(message: MailMessage): Promise<void>
  secrets: Secrets
  /** What the API knows people and ERPs by; nobody else has it. */
  credentials?: Credentials
  log: Log
  /** What is counted of the work; nothing without it. */
  measures?: Measures
  settings: Settings
}

/** One recipient a message. The Message-ID is fixed by the outbox row, so that a second copy can be recognised. */
export type MailMessage = {
  messageId: string
  to: string
  subject: string
  text: string
  /** Where a POST stops such mails (RFC 8058). */
  unsubscribeUrl?: string
  /** Of the request that it is about. */
  requestId?: string
  attachments?: { name: string; content: Buffer; type: string }[]
}

/**
 * Secrets at rest. The API holds public keys and can only seal; workers can open as well. `binding` ties the sealed
 * bytes to their place, so that they cannot be opened in another one.
 */
export type Secrets = {
  seal(plain: string, binding: SecretBinding): Promise<{ keyId: string; sealed: Buffer }>
  /** Throws where the private keys are not held, and when bytes or binding were changed. */
  open(sealed: { keyId: string; sealed: Buffer }, binding: SecretBinding): Promise<string>
  /** HMAC-SHA-256 with a key of the service, base64url: recognises a configuration without keeping its secrets. */
  digest(text: string): string
}
export type SecretBinding = { workspaceId: string; ownerId: string; field: 'password' | 'privateKey' | 'passphrase' }

export type Log = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What whoever watches a worker is told of its work: numbers, and nothing of whose. */
export type Measures = {
  /** One look at a client's server, from its begin to what came of it. */
  looked(look: { well: boolean; seconds: number }): void
  /** The rows of one import that counts. */
  imported(rows: { accepted: number; rejected: number }): void
  /** Somebody else had taken over what this worker was at. */
  fenced(): void
}

/** What an operator may set for the whole service. */
export type Settings = {
  environment: 'sandbox' | 'production'
  /** The operator's brand: the folder made below a base directory. */
  rootFolder: string
  maxFileBytes: number
  retentionDays: number
  /** How long a worker may be silent before another takes its transfer over. */
  leaseMs: number
  mailFrom: string
  /** Where people reach the service with a browser: the beginning of links in letters. */
  publicUrl?: string
}

export type { Transaction }
