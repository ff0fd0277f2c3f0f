import { createApiClient, deleteApiClient, getApiClient, listApiClients } from '@drayage/core/access/api-clients'
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
import { getGstReturn } from '@drayage/core/gst/returns'
import { listProducts } from '@drayage/core/imports/list-products'
import type { Operation } from '@drayage/core/operation'
import { diffRatebook, listRatebookChanges } from '@drayage/core/ratebooks/compare'
import { createEnquiry, getEnquiry, listEnquiries } from '@drayage/core/ratebooks/enquiries'
import { publishRatebook } from '@drayage/core/ratebooks/publish'
import { listRates } from '@drayage/core/ratebooks/rates'
import { getRatebook, listRatebooks } from '@drayage/core/ratebooks/read'
import { createSignUp, getSignUp, listSignUps } from '@drayage/core/ratebooks/sign-ups'
import { getTransfer, listTransferIssues, listTransfers } from '@drayage/core/transfers/read'
import { replayTransfer } from '@drayage/core/transfers/replay'
import { listLicences, setLicence } from '@drayage/core/workspaces/licences'
import { addMember, listMembers, removeMember, updateMember } from '@drayage/core/workspaces/members'
import { createWorkspace, getWorkspace, listWorkspaces, updateWorkspace } from '@drayage/core/workspaces/workspaces'
import type { Quotas } from '../admission.ts'

/** The fields of Query, each bound to the operation of its name. */
export const queries: readonly Operation[] = [
  getMe,
  getWorkspace,
  listWorkspaces,
  listMembers,
  listLicences,
  getApiClient,
  listApiClients,
  getFtpClient,
  listFtpClients,
  getConnectionTest,
  getTransfer,
  listTransfers,
  listTransferIssues,
  listProducts,
  listRatebooks,
  getRatebook,
  diffRatebook,
  listRatebookChanges,
  listRates,
  listSignUps,
  getSignUp,
  listEnquiries,
  getEnquiry,
  getGstDocument,
  listGstDocuments,
  listGstDocumentLines,
  getGstPurchase,
  listGstPurchases,
  listGstPurchaseLines,
  getGstReturn,
  listAuditEvents,
  listInstallationEvents,
]

/** The fields of Mutation. */
export const mutations: readonly Operation[] = [
  createSession,
  refreshSession,
  deleteCurrentSession,
  requestPasswordReset,
  setPassword,
  createWorkspace,
  updateWorkspace,
  addMember,
  updateMember,
  removeMember,
  setLicence,
  createApiClient,
  deleteApiClient,
  rotateApiClientSecret,
  deleteApiClientSecret,
  createFtpClient,
  updateFtpClient,
  activateFtpClient,
  pauseFtpClient,
  resumeFtpClient,
  pollFtpClient,
  deleteFtpClient,
  startConnectionTest,
  replayTransfer,
  publishRatebook,
  createSignUp,
  createEnquiry,
]

/** What a field costs besides a request. */
export const quotas: Readonly<Record<string, keyof Quotas>> = { startConnectionTest: 'connectionTests' }

/** Operations with no field: those that speak OAuth, the one behind a link in mails, and those that carry files. */
export const boundElsewhere = [
  'exchangeClientCredentials',
  'revokeToken',
  'unsubscribe',
  'receiveFile',
  'transferOriginal',
  'transferOutput',
  'actionTemplate',
  'actionColumnGuide',
  'gstReturnFile',
]
