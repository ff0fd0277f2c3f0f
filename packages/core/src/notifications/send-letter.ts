import { createHash } from 'node:crypto'
import { endLetter, keepLetter, noteCopy, putOffLetter, takeLetter } from '@drayage/db/queries/outbox'
import type { OutboxRow } from '@drayage/db/schema/outbox'
import type { Context } from '../context.ts'
import { asFault, type Fault } from '../faults.ts'
import { clientCopies } from './client-copies.ts'
import type { Copies } from './copies.ts'
import { isUserLetter, userCopies } from './user-letters.ts'

export type SendLimits = {
  /** Wait after the first failed attempt; doubled after each further one. */
  firstRetryMs: number
  longestRetryMs: number
  attempts: number
}

const sendLimits: SendLimits = { firstRetryMs: 60_000, longestRetryMs: 24 * 3_600_000, attempts: 14 }

/**
 * Sends a letter of the outbox, one message for each recipient, and remembers who has it. What the relay did not take is
 * tried again later; an address that it refuses is not.
 *
 * Sent at least once: a copy that was taken just before we died is sent again, with the same Message-ID.
 */
export async function sendLetter(ctx: Context, key: { workspaceId: string; outboxId: string }, limits = sendLimits): Promise<void> {
  const { workspaceId, outboxId } = key
  const { leaseMs } = ctx.settings
  const found = await ctx.db.inWorkspace(workspaceId, async (transaction) => {
    const letter = await takeLetter(transaction, { workspaceId, id: outboxId }, { leaseMs })
    if (letter === undefined) return undefined
    const copies = isUserLetter(letter) ? userCopies(ctx, transaction, letter) : clientCopies(ctx, transaction, letter)
    return { letter, copies: await copies }
  })
  if (found === undefined) return
  const { letter, copies } = found
  const hold = () => ctx.db.inWorkspace(workspaceId, (transaction) => keepLetter(transaction, letter, { leaseMs }))
  // A relay may take its time; whether the letter is still ours is asked again before each copy.
  const beat = setInterval(() => hold().catch(() => {}), leaseMs / 3)
  let failure: string | undefined = 'Something unexpected happened on our side.'
  try {
    if (letter.attempts > limits.attempts) return
    failure = copies === undefined ? undefined : await sendCopies(ctx, letter, copies, hold)
  } finally {
    clearInterval(beat)
    await settle(ctx, letter, failure, limits)
  }
}

async function settle(ctx: Context, letter: OutboxRow, failure: string | undefined, limits: SendLimits): Promise<void> {
  const { attempts, kind, id: outboxId } = letter
  await ctx.db.inWorkspace(letter.workspaceId, async (transaction) => {
    if (failure === undefined) return endLetter(transaction, letter)
    if (attempts >= limits.attempts) {
      ctx.log.error({ outboxId, kind, failure }, 'a letter was given up')
      return putOffLetter(transaction, letter, { inMs: undefined, error: failure })
    }
    const inMs = Math.min(limits.longestRetryMs, limits.firstRetryMs * 2 ** (attempts - 1))
    return putOffLetter(transaction, letter, { inMs, error: failure })
  })
}

/** @returns why some copies are to be tried again, if they are */
async function sendCopies(ctx: Context, letter: OutboxRow, copies: Copies, hold: () => Promise<boolean>): Promise<string | undefined> {
  const done = new Set([...letter.sentTo, ...letter.refusedBy])
  let failure: string | undefined
  for (const address of copies.recipients) {
    if (done.has(address)) continue
    if (!(await hold())) return 'Somebody else has taken the letter over.'
    const fault = await sendCopy(ctx, letter, copies, address)
    if (fault === undefined) continue
    failure = fault.message
    // With the relay away every other copy would only wait for it as well.
    if (fault.code === 'mail.relay_away') break
  }
  return failure
}

/** @returns why the copy is to be tried again, if it is */
async function sendCopy(ctx: Context, letter: OutboxRow, copies: Copies, address: string): Promise<Fault | undefined> {
  const { workspaceId } = letter
  const { subject, text } = await ctx.db.inWorkspace(workspaceId, (transaction) => copies.write(transaction, address))
  try {
    await ctx.mail({ messageId: messageIdOf(ctx, letter, address), to: address, subject, text })
  } catch (error) {
    const fault = asFault(error)
    if (fault === undefined) throw error
    if (fault.code !== 'mail.refused') return fault
    const refused = { address, as: 'refused', error: fault.message } as const
    await ctx.db.inWorkspace(workspaceId, (transaction) => noteCopy(transaction, letter, refused))
    return undefined
  }
  await ctx.db.inWorkspace(workspaceId, async (transaction) => {
    await noteCopy(transaction, letter, { address, as: 'sent' })
    await copies.sent(transaction, address)
  })
  return undefined
}

/** The same for the same copy, however often it is sent. */
function messageIdOf(ctx: Context, letter: OutboxRow, address: string): string {
  const recipient = createHash('sha256').update(address).digest('hex').slice(0, 16)
  const domain = ctx.settings.mailFrom.slice(ctx.settings.mailFrom.lastIndexOf('@') + 1)
  return `<${letter.id}.${recipient}@${domain}>`
}
