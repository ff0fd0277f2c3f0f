import type { Edge } from '@drayage/core/edge'
import { ftpClientOfTransfer, ftpClientsOfWorkspace } from '@drayage/core/ftp-clients/edges'
import { linesOfGstDocument } from '@drayage/core/gst/documents'
import { linesOfGstPurchase } from '@drayage/core/gst/purchases'
import { issuesOfTransfer, transfersOfFtpClient } from '@drayage/core/transfers/edges'
import { workspaceOfApiClient, workspaceOfConnectionTest, workspaceOfFtpClient, workspaceOfTransfer } from '@drayage/core/workspaces/edges'

/** The fields that lead from one thing to others. */
export const edges: readonly Edge[] = [
  ftpClientsOfWorkspace,
  transfersOfFtpClient,
  workspaceOfFtpClient,
  ftpClientOfTransfer,
  issuesOfTransfer,
  workspaceOfTransfer,
  workspaceOfApiClient,
  workspaceOfConnectionTest,
  linesOfGstDocument,
  linesOfGstPurchase,
]
