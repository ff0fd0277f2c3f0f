import type { Transaction } from '@drayage/db/connect'
import { findFtpClientEvenDeleted } from '@drayage/db/queries/ftp-clients'
import type { IssueRow } from '@drayage/db/queries/transfer-issues'
import { firstIssues } from '@drayage/db/queries/transfer-issues'
import { listOutputs } from '@drayage/db/queries/transfer-outputs'
import { findTransfer } from '@drayage/db/queries/transfers'
import { findWorkspace } from '@drayage/db/queries/workspaces'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { OutboxRow } from '@drayage/db/schema/outbox'
import type { TransferOutputRow, TransferRow } from '@drayage/db/schema/transfers'

/** What is looked up when a letter is sent. */
export type LetterFacts = { workspaceName: string; client: FtpClientRow; transfer?: TransferFacts }
export type TransferFacts = { row: TransferRow; issues: IssueRow[]; outputs: TransferOutputRow[] }

/** How many row issues a mail shows. */
export const issuesShown = 20

/** Undefined when what the letter is about is gone altogether. */
export async function letterFacts(
  transaction: Transaction,
  letter: Pick<OutboxRow, 'workspaceId' | 'ftpClientId' | 'transferId'>,
): Promise<LetterFacts | undefined> {
  const { workspaceId, ftpClientId, transferId } = letter
  if (ftpClientId === null) return undefined
  const workspace = await findWorkspace(transaction, workspaceId)
  const client = await findFtpClientEvenDeleted(transaction, { workspaceId, id: ftpClientId })
  if (workspace === undefined || client === undefined) return undefined
  const facts = { workspaceName: workspace.name, client }
  if (transferId === null) return facts
  const row = await findTransfer(transaction, { workspaceId, id: transferId })
  if (row === undefined) return undefined
  const issues = await firstIssues(transaction, { workspaceId, transferId }, { limit: issuesShown })
  return { ...facts, transfer: { row, issues, outputs: await listOutputs(transaction, row) } }
}
