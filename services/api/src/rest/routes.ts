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
import { getGstReturn, readGstReturn } from '@drayage/core/gst/returns'
import { listProducts } from '@drayage/core/imports/list-products'
import { readColumnGuide, readTemplate } from '@drayage/core/imports/template'
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
import { route } from './route.ts'

const hasEnded = ({ status }: Record<string, unknown>) => status === 'passed' || status === 'failed'

/** All of REST, an operation a line, in the order of the documentation. */
export const routes = [
  route('POST /v1/sessions', createSession, { status: 201 }),
  route('POST /v1/sessions/refresh', refreshSession),
  route('DELETE /v1/sessions/current', deleteCurrentSession),
  route('POST /v1/password-resets', requestPasswordReset, { status: 202 }),
  route('POST /v1/passwords', setPassword),
  route('GET /v1/me', getMe),

  route('POST /v1/workspaces', createWorkspace, { status: 201, at: '/v1/workspaces' }),
  route('GET /v1/workspaces', listWorkspaces),
  route('GET /v1/workspaces/{workspaceId}', getWorkspace),
  route('PATCH /v1/workspaces/{workspaceId}', updateWorkspace),
  route('POST /v1/workspaces/{workspaceId}/members', addMember, { status: 201 }),
  route('GET /v1/workspaces/{workspaceId}/members', listMembers),
  route('PATCH /v1/workspaces/{workspaceId}/members/{id}', updateMember),
  route('DELETE /v1/workspaces/{workspaceId}/members/{id}', removeMember),
  route('GET /v1/workspaces/{workspaceId}/licences', listLicences),
  route('PUT /v1/workspaces/{workspaceId}/licences/{product}', setLicence),

  route('POST /v1/api-clients', createApiClient, { status: 201, at: '/v1/api-clients' }),
  route('GET /v1/api-clients', listApiClients),
  route('GET /v1/api-clients/{id}', getApiClient),
  route('DELETE /v1/api-clients/{id}', deleteApiClient),
  route('POST /v1/api-clients/{id}/secrets', rotateApiClientSecret, { status: 201 }),
  route('DELETE /v1/api-clients/{id}/secrets/{secretId}', deleteApiClientSecret),

  route('POST /v1/ftp-clients', createFtpClient, { status: 201, at: '/v1/ftp-clients' }),
  route('GET /v1/ftp-clients', listFtpClients),
  route('GET /v1/ftp-clients/{id}', getFtpClient),
  route('PATCH /v1/ftp-clients/{id}', updateFtpClient),
  route('DELETE /v1/ftp-clients/{id}', deleteFtpClient),
  route('POST /v1/connection-tests', startConnectionTest, { status: 202, at: '/v1/connection-tests', quota: 'connectionTests' }),
  route('GET /v1/connection-tests/{id}', getConnectionTest, { until: hasEnded }),
  route('POST /v1/ftp-clients/{id}/activate', activateFtpClient),
  route('POST /v1/ftp-clients/{id}/pause', pauseFtpClient),
  route('POST /v1/ftp-clients/{id}/resume', resumeFtpClient),
  route('POST /v1/ftp-clients/{id}/poll', pollFtpClient),

  route('GET /v1/transfers', listTransfers),
  route('GET /v1/transfers/{id}', getTransfer),
  route('GET /v1/transfers/{id}/issues', listTransferIssues),
  route('GET /v1/transfers/{id}/original', readOriginal),
  route('GET /v1/transfers/{id}/outputs/{kind}', readOutput),
  route('POST /v1/transfers/{id}/replay', replayTransfer, { status: 202, at: '/v1/transfers' }),
  route('POST /v1/imports', receiveFile, { status: 202, at: '/v1/transfers' }),

  route('GET /v1/products', listProducts),
  route('GET /v1/products/{product}/actions/{action}/template.csv', readTemplate),
  route('GET /v1/products/{product}/actions/{action}/columns.csv', readColumnGuide),

  route('GET /v1/ratebooks', listRatebooks),
  route('GET /v1/ratebooks/{id}', getRatebook),
  route('GET /v1/ratebooks/{id}/diff', diffRatebook),
  route('GET /v1/ratebooks/{id}/changes', listRatebookChanges),
  route('POST /v1/ratebooks/{id}/publish', publishRatebook),
  route('GET /v1/rates', listRates),

  route('POST /v1/sign-ups', createSignUp, { status: 201, at: '/v1/sign-ups' }),
  route('GET /v1/sign-ups', listSignUps),
  route('GET /v1/sign-ups/{id}', getSignUp),
  route('POST /v1/enquiries', createEnquiry, { status: 201, at: '/v1/enquiries' }),
  route('GET /v1/enquiries', listEnquiries),
  route('GET /v1/enquiries/{id}', getEnquiry),

  route('GET /v1/gst/documents', listGstDocuments),
  route('GET /v1/gst/documents/{id}', getGstDocument),
  route('GET /v1/gst/documents/{id}/lines', listGstDocumentLines),
  route('GET /v1/gst/purchases', listGstPurchases),
  route('GET /v1/gst/purchases/{id}', getGstPurchase),
  route('GET /v1/gst/purchases/{id}/lines', listGstPurchaseLines),
  route('GET /v1/gst/returns/{gstin}/{period}', getGstReturn),
  route('GET /v1/gst/returns/{gstin}/{period}/gstr1.json', readGstReturn),

  route('GET /v1/audit-events', listAuditEvents),
  route('GET /v1/installation-events', listInstallationEvents),
]

/** Operations that are no line above, by name: two speak OAuth, see oauth.ts, and one is behind a link in mails, see unsubscribe.ts. */
export const boundElsewhere = ['exchangeClientCredentials', 'revokeToken', 'unsubscribe']
