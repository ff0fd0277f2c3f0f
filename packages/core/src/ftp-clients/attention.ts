import type { Transaction } from '@drayage/db/connect'
import { closePassingAttention, openAttention } from '@drayage/db/queries/attentions'
import { findFtpClient } from '@drayage/db/queries/ftp-clients'
import type { AttentionRow } from '@drayage/db/schema/attentions'
import type { Context } from '../context.ts'
import type { Fault } from '../faults.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { stopWork } from './stop-work.ts'

type ClientKey = { workspaceId: string; ftpClientId: string }

/**
 * A client needs a person. Told once: while an attention is open nothing more is said, unless this one stops the client
 * and that one did not. A stopped client is left alone until it is activated again.
 */
export async function raiseAttention(
  ctx: Context,
  transaction: Transaction,
  raised: ClientKey & { fault: Fault; stops: boolean; raisedBy?: AttentionRow['raisedBy'] },
): Promise<void> {
  const { workspaceId, ftpClientId, fault, stops, raisedBy = 'transfer' } = raised
  const client = await findFtpClient(transaction, { workspaceId, id: ftpClientId })
  if (client === undefined || client.status === 'draft') return
  const message = [fault.message, ...placeOf(fault)].join(' ')
  const opened = await openAttention(transaction, { workspaceId, ftpClientId, code: fault.code, message, raisedBy, stops })
  if (!opened) return
  if (stops) await stopWork(transaction, { workspaceId, ftpClientId })
  await queueLetter(ctx, transaction, {
    kind: 'ftp_client.attention',
    workspaceId,
    ftpClientId,
    payload: { code: fault.code, message, stops },
  })
}

/** It works again: what was raised by the same is over, unless it stopped the client. Told once. */
export async function clearAttention(
  ctx: Context,
  transaction: Transaction,
  key: ClientKey,
  over: { raisedBy?: AttentionRow['raisedBy'] } = {},
): Promise<void> {
  const { workspaceId, ftpClientId } = key
  const closed = await closePassingAttention(transaction, { workspaceId, ftpClientId }, { raisedBy: over.raisedBy ?? 'transfer' })
  if (closed === undefined) return
  const payload = { code: closed.code, message: closed.message, since: closed.since.toISOString() }
  await queueLetter(ctx, transaction, { kind: 'ftp_client.recovered', workspaceId, ftpClientId, payload })
}

/** Where on the server it was, as far as the fault knows. */
function placeOf({ details }: Fault): string[] {
  const { path, directory, name } = details
  if (typeof path === 'string') return [`(${path})`]
  if (typeof directory === 'string' && typeof name === 'string') return [`(${directory}/${name})`]
  return typeof directory === 'string' ? [`(${directory})`] : []
}
