import { createApiClient, deleteApiClient, getApiClient, listApiClients } from '@drayage/core/access/api-clients'
import { exchangeClientCredentials, revokeToken } from '@drayage/core/access/client-credentials'
import { getMe } from '@drayage/core/access/me'
import { requestPasswordReset, setPassword } from '@drayage/core/access/password-links'
import { deleteApiClientSecret, rotateApiClientSecret } from '@drayage/core/access/rotate-secret'
import { createSession, deleteCurrentSession, refreshSession } from '@drayage/core/access/sessions'
import { listAuditEvents, listInstallationEvents } from '@drayage/core/audit/read'
import { activateFtpClient } from '@drayage/core/ftp-clients/activate'
import { getConnectionTest, startConnectionTest } from '@drayage/core/ftp-clients/connection-test'
import { createFtpClient } from '@drayage/core/ftp-clients/create'
import { deleteFtpClient } from '@drayage/core/ftp-clients/delete'
import { getFtpClient, listFtpClients } from '@drayage/core/ftp-clients/read'
import { updateFtpClient } from '@drayage/core/ftp-clients/update'
import { pauseFtpClient, pollFtpClient, resumeFtpClient } from '@drayage/core/ftp-clients/work'
import { getGstDocument, listGstDocumentLines, listGstDocuments } from '@drayage/core/gst/documents'
import { getGstPurchase, listGstPurchaseLines, listGstPurchases } from '@drayage/core/gst/purchases'
import { getGstReturn, readGstReturn } from '@drayage/core/gst/returns'
import { listProducts } from '@drayage/core/imports/list-products'
import { readColumnGuide, readTemplate } from '@drayage/core/imports/template'
import { unsubscribe } from '@drayage/core/notifications/unsubscribe'
import type { Operation } from '@drayage/core/operation'
import { diffRatebook, listRatebookChanges } from '@drayage/core/ratebooks/compare'
import { createEnquiry, getEnquiry, listEnquiries } from '@drayage/core/ratebooks/enquiries'
import { publishRatebook } from '@drayage/core/ratebooks/publish'
import { listRates } from '@drayage/core/ratebooks/rates'
import { getRatebook, listRatebooks } from '@drayage/core/ratebooks/read'
import { createSignUp, getSignUp, listSignUps } from '@drayage/core/ratebooks/sign-ups'
import { readOriginal, readOutput } from '@drayage/core/transfers/download'
import { getTransfer, listTransferIssues, listTransfers } from '@drayage/core/transfers/read'
import { receiveFile } from '@drayage/core/transfers/receive-file'
import { replayTransfer } from '@drayage/core/transfers/replay'
import { listLicences, setLicence } from '@drayage/core/workspaces/licences'
import { addMember, listMembers, removeMember, updateMember } from '@drayage/core/workspaces/members'
import { createWorkspace, getWorkspace, listWorkspaces, updateWorkspace } from '@drayage/core/workspaces/workspaces'

/** All that people and ERPs can do. Each transport binds every one of them, or says that it does not. */
export const operations: readonly Operation[] = [
  createSession,
  refreshSession,
  deleteCurrentSession,
  requestPasswordReset,
  setPassword,
  getMe,
  exchangeClientCredentials,
  revokeToken,
  unsubscribe,
  createApiClient,
  listApiClients,
  getApiClient,
  deleteApiClient,
  rotateApiClientSecret,
  deleteApiClientSecret,
  createWorkspace,
  listWorkspaces,
  getWorkspace,
  updateWorkspace,
  addMember,
  listMembers,
  updateMember,
  removeMember,
  setLicence,
  listLicences,
  createFtpClient,
  listFtpClients,
  getFtpClient,
  updateFtpClient,
  activateFtpClient,
  pauseFtpClient,
  resumeFtpClient,
  pollFtpClient,
  deleteFtpClient,
  startConnectionTest,
  getConnectionTest,
  listTransfers,
  getTransfer,
  listTransferIssues,
  readOriginal,
  readOutput,
  replayTransfer,
  receiveFile,
  listProducts,
  readTemplate,
  readColumnGuide,
  listRatebooks,
  getRatebook,
  diffRatebook,
  listRatebookChanges,
  publishRatebook,
  listRates,
  createSignUp,
  getSignUp,
  listSignUps,
  createEnquiry,
  getEnquiry,
  listEnquiries,
  listGstDocuments,
  listGstDocumentLines,
  getGstDocument,
  listGstPurchases,
  listGstPurchaseLines,
  getGstPurchase,
  getGstReturn,
  readGstReturn,
  listAuditEvents,
  listInstallationEvents,
]

/** Those whose reply shows a secret. */
export const showSecrets: readonly Operation[] = [createApiClient, rotateApiClientSecret]

/**
 * Stops the start of a transport that forgot an operation, or binds one that is not in the list.
 *
 * @param transport.elsewhere operations that are bound in another way, by name
 */
export function checkBindings(transport: { name: string; bound: readonly Operation[]; elsewhere: readonly string[] }): void {
  const { name, bound, elsewhere } = transport
  const missing = operations.filter((operation) => !bound.includes(operation) && !elsewhere.includes(operation.name))
  const unknown = bound.filter((operation) => !operations.includes(operation))
  if (missing.length > 0) throw new Error(`${name} binds no ${missing.map((operation) => operation.name).join(', ')}`)
  if (unknown.length > 0) throw new Error(`${name} binds what is no operation: ${unknown.map((operation) => operation.name).join(', ')}`)
}
