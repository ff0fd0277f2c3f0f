import type { Transaction } from '@drayage/db/connect'
import { violates } from '@drayage/db/constraint'
import { lockFtpClient, readFtpClient } from '@drayage/db/queries/ftp-clients'
import type { Scope } from '@drayage/db/queries/scope'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { z } from 'zod'
import { Fault } from '../faults.ts'
import { type ftpClient, showFtpClient } from './schema.ts'

/** The client as a reply shows it. Fault: `ftp_client.not_found`, also for one of others. */
export async function shownClient(transaction: Transaction, key: { id: string; scope: Scope }): Promise<z.input<typeof ftpClient>> {
  const found = await readFtpClient(transaction, key)
  if (found === undefined) throw notFound()
  return showFtpClient(found)
}

/** The client, kept from changing until the transaction ends. Fault: `ftp_client.not_found`, also for one of others. */
export async function lockedClient(transaction: Transaction, key: { id: string; scope: Scope }): Promise<FtpClientRow> {
  const found = await lockFtpClient(transaction, key)
  if (found === undefined) throw notFound()
  return found
}

/** Turns the refusal of a second client in the same place into a fault; throws anything else on. */
export function refuseTakenFolder(error: unknown): never {
  if (!violates(error, 'ftp_clients_one_per_folder')) throw error
  throw new Fault(
    'conflict',
    'ftp_client.folder_taken',
    'Another FTP client of this workspace has this product at the same host, port and base directory. Change that one, or use another directory.',
    { cause: error },
  )
}

function notFound(): Fault {
  return new Fault('not_found', 'ftp_client.not_found', 'There is no such FTP client, or it is not yours.')
}
