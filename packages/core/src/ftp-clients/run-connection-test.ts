import type { Transaction } from '@drayage/db/connect'
import { beginConnectionTest, endConnectionTest, takeSilentConnectionTest } from '@drayage/db/queries/connection-tests'
import { deleteSealedSecrets, listSealedSecrets, secretsOfClient } from '@drayage/db/queries/sealed-secrets'
import type { Checks, ConnectionTestRow } from '@drayage/db/schema/connection-tests'
import type { Context } from '../context.ts'
import { layoutOf } from '../imports/layout.ts'
import { productOf } from '../imports/products/registry.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import type { Endpoint } from '../remotes/remote.ts'
import { openSecrets } from './client-secrets.ts'
import { checkConnection, type Observed, runSteps, skipSteps } from './connection-checks.ts'
import { endpointFor } from './endpoint.ts'
import { cleanUp, directorySteps, type Place, permissionSteps } from './probe-steps.ts'

/** A worker that has been silent for so long over a test is gone. */
const silentMs = 5 * 60_000

/** Runs a test that waits, or ends one whose worker is gone. Anything else is left alone. */
export async function runConnectionTest(
  ctx: Context,
  key: { workspaceId: string; connectionTestId: string },
  limits: { silentMs: number } = { silentMs },
): Promise<void> {
  const begun = await ctx.db.inWorkspace(key.workspaceId, (transaction) => begin(ctx, transaction, key, limits))
  if (begun === undefined) return
  const { test, endpoint } = begun
  let verdict: Verdict = brokenOff('connection_test.broken_off', 'Something unexpected happened on our side. Try again.')
  try {
    verdict = await judge(ctx, test, endpoint)
  } finally {
    await ctx.db.inWorkspace(key.workspaceId, (transaction) => end(ctx, transaction, test, verdict))
  }
}

type Verdict = { checks: Required<Checks>; observed: Observed }

async function begin(
  ctx: Context,
  transaction: Transaction,
  key: { workspaceId: string; connectionTestId: string },
  limits: { silentMs: number },
): Promise<{ test: ConnectionTestRow; endpoint: Endpoint } | undefined> {
  const { workspaceId, connectionTestId: id } = key
  const test = await beginConnectionTest(transaction, { workspaceId, id })
  if (test === undefined) {
    const silent = await takeSilentConnectionTest(transaction, { workspaceId, id }, limits)
    if (silent !== undefined)
      await end(ctx, transaction, silent, brokenOff('connection_test.interrupted', 'The test was interrupted. Try again.'))
    return undefined
  }
  const { ftpClientId, configDigest, connection } = test
  const rows =
    ftpClientId === null
      ? await listSealedSecrets(transaction, { workspaceId, ownerId: id })
      : await secretsOfClient(transaction, { workspaceId, id: ftpClientId, configDigest })
  if (rows === undefined) {
    const message = 'The client was changed or deleted after the test was asked for. Test it as it is now.'
    await end(ctx, transaction, test, brokenOff('connection_test.configuration_changed', message))
    return undefined
  }
  return { test, endpoint: endpointFor(connection, await openSecrets(ctx, rows)) }
}

async function judge(ctx: Context, test: ConnectionTestRow, endpoint: Endpoint): Promise<Verdict> {
  const product = productOf(test.product)
  const { baseDirectory } = test.connection
  const place: Place = { baseDirectory, product, layout: layoutOf(product, test.connection), probe: `.drayage-test-${test.id.slice(-12)}` }
  const inBase = permissionSteps(place)
  const inTree = directorySteps(place)
  const { check: connection, observed, opened } = await checkConnection(ctx.openRemote, endpoint)
  if (opened === undefined) return { checks: { connection, permissions: skipSteps(inBase), directories: skipSteps(inTree) }, observed }

  await using remote = opened.remote
  const permissions = await runSteps(inBase, remote, endpoint)
  const directories = permissions.status === 'passed' ? await runSteps(inTree, remote, endpoint) : skipSteps(inTree)
  if (directories.status !== 'passed') await cleanUp(remote, place)
  return { checks: { connection, permissions, directories }, observed }
}

/** Writes the verdict down, once; forgets the secrets of an unsaved client, tells about a saved one that failed. */
async function end(ctx: Context, transaction: Transaction, test: ConnectionTestRow, verdict: Verdict): Promise<void> {
  const { workspaceId, ftpClientId } = test
  const { checks, observed } = verdict
  const status = Object.values(checks).every((check) => check.status === 'passed') ? 'passed' : 'failed'
  const result = { status, checks, observedHostKey: observed.hostKey ?? null, observedCertificate: observed.certificate ?? null } as const
  if (!(await endConnectionTest(transaction, test, result))) return
  if (ftpClientId === null) return deleteSealedSecrets(transaction, { workspaceId, ownerId: test.id })
  if (status === 'passed') return
  const failed = Object.values(checks).flatMap((check) => check.steps.filter((step) => step.status === 'failed'))
  await queueLetter(ctx, transaction, { kind: 'connection_test.failed', workspaceId, ftpClientId, payload: { failed } })
}

function brokenOff(code: string, message: string): Verdict {
  const untouched = { status: 'skipped', steps: [] } as const
  const connection = { status: 'failed' as const, steps: [{ name: 'start', status: 'failed' as const, code, message }] }
  return { checks: { connection, permissions: { ...untouched, steps: [] }, directories: { ...untouched, steps: [] } }, observed: {} }
}
