import type { Transaction } from '@drayage/db/connect'
import { suppressedOf } from '@drayage/db/queries/mail-suppressions'
import { findIntroduction, noteIntroduction } from '@drayage/db/queries/outbox'
import type { OutboxRow } from '@drayage/db/schema/outbox'
import type { Context } from '../context.ts'
import type { Copies } from './copies.ts'
import { letterFacts } from './letter-facts.ts'
import { linkTo } from './link-to.ts'
import { mailLinkToken } from './unsubscribe.ts'
import { recipientsOf, writeLetter } from './write-letter.ts'

/** A letter about an FTP client. Undefined when what it is about is gone altogether. */
export async function clientCopies(ctx: Context, transaction: Transaction, letter: OutboxRow): Promise<Copies | undefined> {
  const facts = await letterFacts(transaction, letter)
  if (facts === undefined) return undefined
  const client = { workspaceId: letter.workspaceId, ftpClientId: facts.client.id }
  const { workspaceId } = letter
  const addresses = recipientsOf(letter, facts)
  const suppressed = await suppressedOf(transaction, { workspaceId, addresses })
  return {
    recipients: addresses.filter((address) => !suppressed.includes(address)),
    write: async (transaction, address) => {
      const addedBy = await findIntroduction(transaction, client, address)
      const unsubscribeUrl = linkTo(ctx.settings, `/unsubscribe?token=${mailLinkToken(ctx.secrets, { workspaceId, address })}`)
      return { ...writeLetter(ctx.settings, letter, facts, { address, addedBy, unsubscribeUrl }), unsubscribeUrl }
    },
    sent: (transaction, address) => noteIntroduction(transaction, client, address),
  }
}
