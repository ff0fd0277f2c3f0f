import type { Transaction } from '@drayage/db/connect'
import { insertLetter } from '@drayage/db/queries/outbox'
import type { ProductKey } from '@drayage/db/vocabulary'
import type { Context } from '../context.ts'
import { newId } from '../id.ts'

/** Every letter about an FTP client, and what it tells besides what can be looked up when it is sent. */
export type ClientLetters = {
  'ftp_client.created': { by: string }
  'ftp_client.updated': { by: string; changed: readonly string[]; draft: boolean }
  /** Goes to everybody before and after. */
  'ftp_client.addresses_changed': { by: string; before: readonly string[]; after: readonly string[] }
  'ftp_client.activated': { by: string }
  'ftp_client.paused': { by: string }
  'ftp_client.resumed': { by: string }
  'ftp_client.deleted': { by: string; filesLeft: readonly string[] }
  'ftp_client.attention': { code: string; message: string; stops: boolean }
  'ftp_client.recovered': { code: string; message: string; since: string }
  'connection_test.failed': { failed: readonly { name: string; message?: string; hint?: string }[] }
  /** With the mail policy `always` only. */
  'transfer.begun': Record<string, never>
  'transfer.report': Record<string, never>
  'transfer.quarantined': Record<string, never>
}
export type ClientLetterKind = keyof ClientLetters

/** Letters to one person, with a link to set a password with. */
export type UserLetters = {
  'user.invited': { email: string; by: string }
  /** Belongs to the installation. */
  'user.password_reset': { email: string }
}

/** Letters about an API client, which may be gone when they are sent. Go to those who administer it. */
export type ApiClientLetters = {
  'api_client.created': AboutApiClient & { scopes: readonly string[] }
  'api_client.secret_rotated': AboutApiClient & { overlapSeconds: number }
  'api_client.secret_deleted': AboutApiClient
  'api_client.deleted': AboutApiClient
}
type AboutApiClient = { by: string; label: string; product: ProductKey | null }

type WorkspaceLetters = UserLetters & ApiClientLetters

export type Letter =
  | {
      [Kind in ClientLetterKind]: {
        kind: Kind
        workspaceId: string
        ftpClientId: string
        transferId?: string
        payload: ClientLetters[Kind]
      }
    }[ClientLetterKind]
  | { [Kind in keyof WorkspaceLetters]: { kind: Kind; workspaceId: string; payload: WorkspaceLetters[Kind] } }[keyof WorkspaceLetters]

/**
 * Puts a letter into the outbox and asks for it to be sent, both if and only if the transaction commits. Who gets it is
 * looked up when it is sent.
 */
export async function queueLetter(ctx: Context, transaction: Transaction, letter: Letter): Promise<void> {
  const { workspaceId } = letter
  const id = newId()
  await insertLetter(transaction, { ...letter, id, requestId: ctx.request?.id })
  await ctx.enqueue(transaction, 'mail.send', { workspaceId, outboxId: id })
}
