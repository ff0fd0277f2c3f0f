import { timingSafeEqual } from 'node:crypto'
import { suppressMail } from '@drayage/db/queries/mail-suppressions'
import { findWorkspace } from '@drayage/db/queries/workspaces'
import { z } from 'zod'
import { audit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import { operationInSteps } from '../operation.ts'
import { isMailAddress } from './mail-address.ts'

/** An address and the workspace that it gets mail from. */
export type MailLink = { workspaceId: string; address: string }

/** What stands in the link of a mail: whom it stops the mails of which workspace for, signed, so that nobody makes one up. */
export function mailLinkToken(secrets: Context['secrets'], { workspaceId, address }: MailLink): string {
  const text = Buffer.from(`${workspaceId} ${address}`).toString('base64url')
  return `${text}.${signatureOf(secrets, text)}`
}

/** Fault: `mail_link.unknown`. */
export function readMailLink(secrets: Context['secrets'], token: string): MailLink {
  const [text = '', signature = ''] = token.split('.')
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(secrets, text))]
  const [workspaceId = '', address = ''] = Buffer.from(text, 'base64url').toString().split(' ')
  if (given.length === right.length && timingSafeEqual(given, right) && isMailAddress(address)) return { workspaceId, address }
  throw new Fault('not_found', 'mail_link.unknown', 'This link is not complete. Open it from the mail once more.')
}

function signatureOf(secrets: Context['secrets'], text: string): string {
  return secrets.digest(`unsubscribe ${text}`)
}

/**
 * Stops all mails about the FTP clients of a workspace for one address, which it needs no log-in for (RFC 8058). Letters
 * with a link to log in with still come. Fault: `mail_link.unknown`.
 */
export const unsubscribe = operationInSteps({
  name: 'unsubscribe',
  permission: 'mail:stop',
  input: z.object({ token: z.string().max(1000) }),
  output: z.object({ address: z.string(), workspaceName: z.string() }).meta({ id: 'Unsubscribed' }),
  run: async ({ ctx, input: { token } }) => {
    const link = readMailLink(ctx.secrets, token)
    const { workspaceId, address } = link
    return ctx.db.inWorkspace(workspaceId, async (transaction) => {
      const workspace = await findWorkspace(transaction, workspaceId)
      if (workspace === undefined) throw new Fault('not_found', 'mail_link.unknown', 'There is no such workspace any more.')
      if (await suppressMail(transaction, link)) {
        await audit(ctx, transaction, { workspaceId, action: 'mail.unsubscribed', subject: 'mail_address', after: { address } })
      }
      return { address, workspaceName: workspace.name }
    })
  },
})
