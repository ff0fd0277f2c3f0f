import { setTimeout as pause } from 'node:timers/promises'
import { activateFtpClient } from '@drayage/core/ftp-clients/activate'
import { getConnectionTest, startConnectionTest } from '@drayage/core/ftp-clients/connection-test'
import { createFtpClient } from '@drayage/core/ftp-clients/create'
import { setLicence } from '@drayage/core/workspaces/licences'
import { createWorkspace } from '@drayage/core/workspaces/workspaces'
import type { Installation } from './installation.ts'

type Wanted = { product: string; protocol: string; host: string; port: number; baseDirectory: string; username: string }

/**
 * A client in a workspace of its own that looks every second and takes files without waiting for quiet, made, tested and
 * activated as people do it. It imports again what it imported before.
 */
export async function newActiveClient(
  { desk, startWorker }: Installation,
  options: { fields: Wanted & Readonly<Record<string, unknown>>; hostKey?: string },
) {
  const { fields, hostKey } = options
  const { product } = fields
  const person = { email: 'operator@example.com', operator: true }
  const operator = await desk.as(person)
  const { id: workspaceId } = await createWorkspace.run(operator, { name: 'Bench' })
  await setLicence.run(operator, { workspaceId, product, validUntil: '2999-01-01T00:00:00Z' })
  // Whoever makes a workspace is its first administrator, from the next look at their memberships on.
  const ctx = await desk.as(person)
  const client = await createFtpClient.run(ctx, {
    ...{ label: 'Bench', duplicatePolicy: 'process', pollIntervalSeconds: 1, quietSeconds: 0 },
    ...{ notificationEmails: ['bench@example.com'], workspaceId, ...fields },
  })
  await using _worker = await startWorker('connection-test')
  const { id } = await startConnectionTest.run(ctx, { ftpClientId: client.id })
  let test = await getConnectionTest.run(ctx, { id })
  for (; test.status === 'queued' || test.status === 'running'; test = await getConnectionTest.run(ctx, { id })) await pause(50)
  if (test.status === 'failed') throw new Error(`the connection test failed: ${JSON.stringify(test.checks)}`)
  await activateFtpClient.run(ctx, { id: client.id, connectionTestId: id, acceptHostKey: hostKey })
  return { workspaceId, ftpClientId: client.id, client }
}
