import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from '@drayage/core/context'
import { Fault } from '@drayage/core/faults'
import { activateFtpClient } from '@drayage/core/ftp-clients/activate'
import { getConnectionTest, startConnectionTest } from '@drayage/core/ftp-clients/connection-test'
import { createFtpClient } from '@drayage/core/ftp-clients/create'
import { getFtpClient, listFtpClients } from '@drayage/core/ftp-clients/read'
import { updateFtpClient } from '@drayage/core/ftp-clients/update'
import { pollFtpClient } from '@drayage/core/ftp-clients/work'
import { layoutOf } from '@drayage/core/imports/layout'
import { productOf, products } from '@drayage/core/imports/products/registry'
import { listLicences, setLicence } from '@drayage/core/workspaces/licences'
import { createWorkspace, listWorkspaces } from '@drayage/core/workspaces/workspaces'
import type { Desk } from './desk.ts'

export type PracticeClient = {
  workspaceId: string
  ftpClientId: string
  /** The inbound folder of sales registers, and the folders of its results, as the server shows them. */
  inbox: string
  outputs: readonly string[]
}

export type PracticeLogin = { host: string; port: number; username: string; password: string; fingerprint: string }

const label = 'Practice'
const operator = { email: 'operator@example.com', operator: true }

/**
 * Makes the one who runs the installation, a workspace that has everything, and a client of the practice server; or
 * brings the client to where the server is now. To be done before workers start, lest they look for the server where it was.
 */
export async function preparePracticeClient(desk: Desk, server: PracticeLogin): Promise<PracticeClient> {
  const workspaceId = await practiceWorkspace(desk)
  const ctx = await desk.as(operator) // a member of the workspace by now
  const client = (await findClient(ctx, workspaceId)) ?? (await makeClient(ctx, workspaceId, server))
  const moved = client.host !== server.host || client.port !== server.port || !client.trustedHostKeys.includes(server.fingerprint)
  if (moved) await moveClient(ctx, client, server)

  const product = productOf(client.product)
  const layout = layoutOf(product, client)
  const [{ folders }] = product.actions as [(typeof product.actions)[number]]
  const [inbox] = folders.inboxes as [(typeof folders.inboxes)[number]]
  return { workspaceId, ftpClientId: client.id, inbox: layout.path(inbox.folder), outputs: Object.values(folders.outputs).map(layout.path) }
}

/** Sets the client to work, by a connection test where it needs one. Faults: `standalone.practice_test_failed`. */
export async function activatePracticeClient(desk: Desk, client: PracticeClient, server: PracticeLogin): Promise<void> {
  const ctx = await desk.as(operator)
  const { id, status } = await getFtpClient.run(ctx, { id: client.ftpClientId })
  if (status !== 'active') await testAndActivate(ctx, id, server)
  // The server was away while we were: looking at once spares the wait for it to be tried again.
  else await pollFtpClient.run(ctx, { id })
}

async function practiceWorkspace(desk: Desk): Promise<string> {
  const ctx = await desk.as(operator)
  const { items } = await listWorkspaces.run(ctx, { limit: 100 })
  const { id: workspaceId } = items.find((workspace) => workspace.name === label) ?? (await createWorkspace.run(ctx, { name: label }))
  const licences = await listLicences.run(ctx, { workspaceId })
  const validUntil = new Date(Date.UTC(ctx.now().getUTCFullYear() + 10, 0)).toISOString()
  for (const { key: product } of products) {
    if (licences.items.some((licence) => licence.product === product)) continue
    await setLicence.run(ctx, { workspaceId, product, validUntil })
  }
  return workspaceId
}

type Client = Awaited<ReturnType<typeof createFtpClient.run>>

async function findClient(ctx: Context, workspaceId: string): Promise<Client | undefined> {
  const { items } = await listFtpClients.run(ctx, { workspaceId, limit: 100 })
  return items.find((client) => client.label === label)
}

function makeClient(ctx: Context, workspaceId: string, server: PracticeLogin): Promise<Client> {
  const { host, port, username, password, fingerprint } = server
  const everySoOften = { pollIntervalSeconds: 2, quietSeconds: 2 }
  const login = { protocol: 'sftp', host, port, username, password, baseDirectory: '/', trustedHostKeys: [fingerprint] }
  const told = { notificationEmails: ['practice@example.com'], mailPolicy: 'always' }
  return createFtpClient.run(ctx, { workspaceId, product: 'gst', label, ...login, ...everySoOften, ...told })
}

/** The practice server had to take another port, or is another one. */
function moveClient(ctx: Context, client: Client, server: PracticeLogin): Promise<Client> {
  const { host, port, password, fingerprint } = server
  return updateFtpClient.run(ctx, { id: client.id, expectedVersion: client.version, host, port, password, trustedHostKeys: [fingerprint] })
}

async function testAndActivate(ctx: Context, ftpClientId: string, server: PracticeLogin): Promise<void> {
  const { id } = await startConnectionTest.run(ctx, { ftpClientId })
  const deadline = Date.now() + 60_000
  let test = await getConnectionTest.run(ctx, { id })
  while (test.status === 'queued' || test.status === 'running') {
    if (Date.now() > deadline)
      throw new Fault('unavailable', 'standalone.no_worker', 'No worker ran the connection test of the practice client.')
    await pause(100)
    test = await getConnectionTest.run(ctx, { id })
  }
  if (test.status === 'failed') {
    const checks = JSON.stringify(test.checks)
    throw new Fault('unavailable', 'standalone.practice_test_failed', `The connection test of the practice client failed: ${checks}`)
  }
  await activateFtpClient.run(ctx, { id: ftpClientId, connectionTestId: id, acceptHostKey: server.fingerprint })
}
