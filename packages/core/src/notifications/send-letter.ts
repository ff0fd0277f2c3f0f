import { createHash } from 'node:crypto'
import type { Transaction } from '@drayage/db/connect'
import { endLetter, keepLetter, noteCopy, putOffLetter, takeLetter, waitWithLetter } from '@drayage/db/queries/outbox'
import { takeQuota } from '@drayage/db/queries/rate-limits'
import type { OutboxRow } from '@drayage/db/schema/outbox'
import type { Context } from '../context.ts'
import { asFault, type Fault } from '../faults.ts'
import { apiClientCopies, isApiClientLetter } from './api-client-letters.ts'
import { clientCopies } from './client-copies.ts'
import type { Copies } from './copies.ts'
import { isUserLetter, userCopies } from './user-letters.ts'

export type SendLimits = {
  /** Wait after the first failed attempt; doubled after each further one. */
  firstRetryMs: number
  longestRetryMs: number
  attempts: number
  /** Mails in an hour; those beyond wait. Whoever has clients of ours must not be able to flood somebody's mailbox with them. */
  hourly: { address: number; workspace: number }
}

const sendLimits: SendLimits = {
  firstRetryMs: 60_000,
  longestRetryMs: 24 * 3_600_000,
  attempts: 14,
  hourly: { address: 1000, workspace: 10_000 },
}

/**
 * Sends a letter of the outbox, one message for each recipient, and remembers who has it. What the relay did not take is
 * tried again later, a limited number of times. What would be one mail too many in an hour (`mail.over_limit`) waits until the
 * hour is over, however often. An address that the relay refuses is not tried again.
 *
 * Sent at least once: a copy that was taken just before we died is sent again, with the same Message-ID.
 */
export async function sendLetter(
  ctx: Context,
  key: { workspaceId: string; outboxId: string },
  given: Partial<SendLimits> = {},
): Promise<void> {
  const limits = { ...sendLimits, ...given }
  const { workspaceId, outboxId } = key
  const { leaseMs } = ctx.settings
  const found = await ctx.db.inWorkspace(workspaceId, async (transaction) => {
    const letter = await takeLetter(transaction, { workspaceId, id: outboxId }, { leaseMs })
    if (letter === undefined) return undefined
    return { letter, copies: await copiesOf(ctx, transaction, letter) }
  })
  if (found === undefined) return
  const { letter, copies } = found
  const hold = () => ctx.db.inWorkspace(workspaceId, (transaction) => keepLetter(transaction, letter, { leaseMs }))
  // A relay may take its time; whether the letter is still ours is asked again before each copy.
  const beat = setInterval(() => hold().catch(() => {}), leaseMs / 3)
  let failure: Failure | undefined = { message: 'Something unexpected happened on our side.' }
  try {
    if (letter.attempts - letter.waits > limits.attempts) return
    failure = copies === undefined ? undefined : await sendCopies(ctx, letter, copies, { hold, hourly: limits.hourly })
  } finally {
    clearInterval(beat)
    await settle(ctx, letter, failure, limits)
  }
}

/** Why some copies are left. With `waitMs` they were not tried: they wait that long, and it counts for no attempt. */
type Failure = { message: string; waitMs?: number }

async function copiesOf(ctx: Context, transaction: Transaction, letter: OutboxRow): Promise<Copies | undefined> {
  if (isUserLetter(letter)) return userCopies(ctx, transaction, letter)
  if (isApiClientLetter(letter)) return apiClientCopies(ctx, transaction, letter)
  return clientCopies(ctx, transaction, letter)
}

async function settle(ctx: Context, letter: OutboxRow, failure: Failure | undefined, limits: SendLimits): Promise<void> {
  const { kind, id: outboxId } = letter
  const attempts = letter.attempts - letter.waits
  await ctx.db.inWorkspace(letter.workspaceId, async (transaction) => {
    if (failure === undefined) return endLetter(transaction, letter)
    const { message: error, waitMs } = failure
    if (waitMs !== undefined) return waitWithLetter(transaction, letter, { inMs: waitMs, error })
    if (attempts >= limits.attempts) {
      ctx.log.error({ outboxId, kind, failure: error }, 'a letter was given up')
      return putOffLetter(transaction, letter, { inMs: undefined, error })
    }
    const inMs = Math.min(limits.longestRetryMs, limits.firstRetryMs * 2 ** (attempts - 1))
    return putOffLetter(transaction, letter, { inMs, error })
  })
}

/** @returns why some copies are to be tried again, if they are */
async function sendCopies(
  ctx: Context,
  letter: OutboxRow,
  copies: Copies,
  { hold, hourly }: { hold: () => Promise<boolean>; hourly: SendLimits['hourly'] },
): Promise<Failure | undefined> {
  const done = new Set([...letter.sentTo, ...letter.refusedBy])
  let failure: Failure | undefined
  for (const address of copies.recipients) {
    if (done.has(address)) continue
    if (!(await hold())) return { message: 'Somebody else has taken the letter over.' }
    const wait = await overLimit(ctx, letter, { address, hourly })
    if (wait !== undefined) {
      failure ??= wait
      continue
    }
    const fault = await sendCopy(ctx, letter, copies, address)
    if (fault === undefined) continue
    // What was tried counts, whoever else has to wait.
    failure = { message: fault.message }
    // With the relay away every other copy would only wait for it as well.
    if (fault.code === 'mail.relay_away') break
  }
  return failure
}

/** @returns why the copy has to wait and how long, if it has to */
async function overLimit(
  ctx: Context,
  { workspaceId }: OutboxRow,
  { address, hourly }: { address: string; hourly: SendLimits['hourly'] },
): Promise<Failure | undefined> {
  // What the workspace may not send takes nothing of the address's.
  const all = [
    { whose: 'the workspace', key: `mail of ${workspaceId}`, quota: hourly.workspace },
    { whose: 'the address', key: `mail ${address}`, quota: hourly.address },
  ]
  for (const { whose, key, quota } of all) {
    const wanted = { key: ctx.secrets.digest(key), units: 1, quota, windowSeconds: 3600 }
    const { granted, secondsLeft } = await ctx.db.inWorkspace([], (transaction) => takeQuota(transaction, wanted))
    if (granted) continue
    const message = `mail.over_limit: it would be more than ${quota} mails in an hour for ${whose}.`
    return { message, waitMs: Math.max(1000, secondsLeft * 1000) }
  }
  return undefined
}

/** @returns why the copy is to be tried again, if it is */
async function sendCopy(ctx: Context, letter: OutboxRow, copies: Copies, address: string): Promise<Fault | undefined> {
  const { workspaceId } = letter
  const { subject, text, unsubscribeUrl } = await ctx.db.inWorkspace(workspaceId, (transaction) => copies.write(transaction, address))
  try {
    const about = { ...(unsubscribeUrl && { unsubscribeUrl }), ...(letter.requestId && { requestId: letter.requestId }) }
    await ctx.mail({ messageId: messageIdOf(ctx, letter, address), to: address, subject, text, ...about })
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
