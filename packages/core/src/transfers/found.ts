import type { Transaction } from '@drayage/db/connect'
import type { Scope } from '@drayage/db/queries/scope'
import { findTransferInScope, readTransfer } from '@drayage/db/queries/transfer-views'
import type { TransferRow } from '@drayage/db/schema/transfers'
import type { z } from 'zod'
import { Fault } from '../faults.ts'
import { showTransfer, type transfer } from './schema.ts'

/** The transfer as a reply shows it. Fault: `transfer.not_found`, also for one of others. */
export async function shownTransfer(transaction: Transaction, key: { id: string; scope: Scope }): Promise<z.input<typeof transfer>> {
  const found = await readTransfer(transaction, key)
  if (found === undefined) throw notFound()
  return showTransfer(found)
}

/** Fault: `transfer.not_found`, also for one of others. */
export async function foundTransfer(transaction: Transaction, key: { id: string; scope: Scope }): Promise<TransferRow> {
  const found = await findTransferInScope(transaction, key)
  if (found === undefined) throw notFound()
  return found
}

function notFound(): Fault {
  return new Fault('not_found', 'transfer.not_found', 'There is no such transfer, or it is not yours.')
}
