import { setTimeout as pause } from 'node:timers/promises'
import { activateFtpClient } from '@drayage/core/ftp-clients/activate'
import { getConnectionTest, startConnectionTest } from '@drayage/core/ftp-clients/connection-test'
import { createFtpClient } from '@drayage/core/ftp-clients/create'
import { layoutOf } from '@drayage/core/imports/layout'
import { productOf } from '@drayage/core/imports/products/registry'
import { setLicence } from '@drayage/core/workspaces/licences'
import { createWorkspace } from '@drayage/core/workspaces/workspaces'
import type { Database } from '@drayage/db/connect'
import type { Setting } from '../bench.ts'
import { type Installation, openInstallation } from '../installation.ts'

/** An installation with one active FTP client. */
export type Site = Installation & {
  db: Database
  workspaceId: string
  ftpClientId: string
  /** The client's inbound folder of sales registers. */
  inbox: string
}

export async function openSite(setting: Setting): Promise<Site> {
  await using parts = new AsyncDisposableStack()
  const installation = parts.use(await openInstallation(setting))
  const client = await activeClient(installation)
  const running = parts.move()
  return { ...installation, db: installation.desk.db, ...client, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** A client that looks every second and takes files without waiting for quiet, made as people make one. */
async function activeClient({ desk, server, startWorker }: Installation): Promise<Pick<Site, 'workspaceId' | 'ftpClientId' | 'inbox'>> {
  const person = { email: 'operator@example.com', operator: true }
  const { host, port, username, privateKey, trustedHostKeys } = server.endpoint
  const [hostKey] = trustedHostKeys
  const operator = await desk.as(person)
  const { id: workspaceId } = await createWorkspace.run(operator, { name: 'Bench' })
  await setLicence.run(operator, { workspaceId, product: 'gst', validUntil: '2999-01-01T00:00:00Z' })
  // Whoever makes a workspace is its first administrator, from the next look at their memberships on.
  const ctx = await desk.as(person)
  const client = await createFtpClient.run(ctx, {
    ...{ workspaceId, product: 'gst', label: 'Bench', protocol: 'sftp', baseDirectory: server.directory },
    ...{ host, port, username, privateKey, trustedHostKeys, duplicatePolicy: 'process' },
    ...{ pollIntervalSeconds: 1, quietSeconds: 0, notificationEmails: ['bench@example.com'] },
  })
  await using _worker = await startWorker('connection-test')
  const { id } = await startConnectionTest.run(ctx, { ftpClientId: client.id })
  let test = await getConnectionTest.run(ctx, { id })
  for (; test.status === 'queued' || test.status === 'running'; test = await getConnectionTest.run(ctx, { id })) await pause(50)
  if (test.status === 'failed') throw new Error(`the connection test failed: ${JSON.stringify(test.checks)}`)
  await activateFtpClient.run(ctx, { id: client.id, connectionTestId: id, acceptHostKey: hostKey })
  const product = productOf('gst')
  const [inbox = ''] = product.actions.flatMap((action) => action.folders.inboxes).map(({ folder }) => folder)
  return { workspaceId, ftpClientId: client.id, inbox: layoutOf(product, client).path(inbox) }
}
