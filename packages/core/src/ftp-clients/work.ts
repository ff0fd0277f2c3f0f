import type { Transaction } from '@drayage/db/connect'
import { hasStoppingAttention } from '@drayage/db/queries/attentions'
import { startExports } from '@drayage/db/queries/export-schedule'
import { updateFtpClient } from '@drayage/db/queries/ftp-clients'
import { pollNow, startPolling } from '@drayage/db/queries/poll-schedule'
import { wakeTransfers } from '@drayage/db/queries/transfers'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import { z } from 'zod'
import { nameOf } from '../access/user-actor.ts'
import { audit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import { productOf } from '../imports/products/registry.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { operation } from '../operation.ts'
import { id } from '../wire.ts'
import { lockedClient, shownClient } from './found.ts'
import { ftpClient } from './schema.ts'
import { stopWork } from './stop-work.ts'

/** Stops looking for files, and exporting; files on their way go on to their end. Pausing a paused client changes nothing. */
export const pauseFtpClient = operation({
  name: 'pauseFtpClient',
  permission: 'ftp_client:pause',
  input: z.strictObject({ id }),
  output: ftpClient,
  run: async ({ ctx, transaction, scope, input }) => {
    const client = await lockedClient(transaction, { id: input.id, scope })
    refuseDraft(client)
    if (client.status === 'active') {
      await stopWork(transaction, { workspaceId: client.workspaceId, ftpClientId: client.id })
      await change(ctx, transaction, { client, to: 'paused', as: 'ftp_client.paused' })
    }
    return shownClient(transaction, { id: client.id, scope })
  },
})

/** Looks for files again, at once. A client that was stopped because it needs a person is activated instead. */
export const resumeFtpClient = operation({
  name: 'resumeFtpClient',
  permission: 'ftp_client:resume',
  input: z.strictObject({ id }),
  output: ftpClient,
  run: async ({ ctx, transaction, scope, input }) => {
    const client = await lockedClient(transaction, { id: input.id, scope })
    refuseDraft(client)
    await refuseStopped(transaction, client)
    if (client.status === 'paused') {
      await change(ctx, transaction, { client, to: 'active', as: 'ftp_client.resumed' })
      await setToWork(ctx, transaction, client)
    }
    return shownClient(transaction, { id: client.id, scope })
  },
})

/** Looks for files now instead of at the next interval. */
export const pollFtpClient = operation({
  name: 'pollFtpClient',
  permission: 'ftp_client:poll',
  input: z.strictObject({ id }),
  output: ftpClient,
  run: async ({ ctx, transaction, scope, input }) => {
    const client = await lockedClient(transaction, { id: input.id, scope })
    const key = { workspaceId: client.workspaceId, ftpClientId: client.id }
    await refuseStopped(transaction, client)
    if (!(await pollNow(transaction, key))) {
      throw new Fault('conflict', 'ftp_client.not_active', 'Only an active client looks for files. Activate or resume it first.')
    }
    await ctx.enqueue(transaction, 'client.poll', key)
    return shownClient(transaction, { id: client.id, scope })
  },
})

/** From here on the client is looked at, first of all now, and what waits for it goes on. */
export async function setToWork(ctx: Context, transaction: Transaction, client: FtpClientRow): Promise<void> {
  const { workspaceId, id: ftpClientId, pollIntervalSeconds: intervalSeconds } = client
  if (productOf(client.product).exports !== undefined) await startExports(transaction, { workspaceId, ftpClientId })
  await startPolling(transaction, { workspaceId, ftpClientId, intervalSeconds })
  await ctx.enqueue(transaction, 'client.poll', { workspaceId, ftpClientId })
  for (const transferId of await wakeTransfers(transaction, { workspaceId, ftpClientId })) {
    await ctx.enqueue(transaction, 'transfer.run', { workspaceId, transferId })
  }
}

async function change(
  ctx: Context,
  transaction: Transaction,
  move: { client: FtpClientRow; to: 'active' | 'paused'; as: 'ftp_client.paused' | 'ftp_client.resumed' },
): Promise<void> {
  const { workspaceId, id: ftpClientId, product, status } = move.client
  await updateFtpClient(transaction, move.client, { status: move.to })
  await queueLetter(ctx, transaction, { kind: move.as, workspaceId, ftpClientId, payload: { by: nameOf(ctx.actor) } })
  const states = { before: { status }, after: { status: move.to } }
  await audit(ctx, transaction, { workspaceId, action: move.as, subject: 'ftp_client', subjectId: ftpClientId, product, ...states })
}

function refuseDraft(client: FtpClientRow): void {
  if (client.status !== 'draft') return
  throw new Fault('conflict', 'ftp_client.not_activated', 'This client was not activated yet. Test its connection and activate it.')
}

async function refuseStopped(transaction: Transaction, client: FtpClientRow): Promise<void> {
  if (!(await hasStoppingAttention(transaction, { workspaceId: client.workspaceId, ftpClientId: client.id }))) return
  const message = 'This client was stopped because it needs attention. Correct what it says, test the connection and activate it.'
  throw new Fault('conflict', 'ftp_client.needs_activation', message)
}
