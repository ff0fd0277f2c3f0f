import type { Transaction } from '@drayage/db/connect'
import {
  beginConnectionTest,
  endConnectionTest,
  putBackConnectionTest,
  takeSilentConnectionTest,
} from '@drayage/db/queries/connection-tests'
import { findFtpClient } from '@drayage/db/queries/ftp-clients'
import { deleteSealedSecrets, listSealedSecrets, secretsOfClient } from '@drayage/db/queries/sealed-secrets'
import type { Checks, ConnectionTestRow } from '@drayage/db/schema/connection-tests'
import type { Context } from '../context.ts'
import { asFault } from '../faults.ts'
import { layoutOf } from '../imports/layout.ts'
import { productOf } from '../imports/products/registry.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import type { Endpoint } from '../remotes/remote.ts'
import { openSecrets } from './client-secrets.ts'
import { checkConnection, deadline, faultOf, type Observed, runSteps, skipSteps } from './connection-checks.ts'
import { endpointFor } from './endpoint.ts'
import { cleanUp, directorySteps, type Place, permissionSteps } from './probe-steps.ts'
import { defaultMaxSessions, openWithinCap } from './session.ts'

/** Milliseconds. */
export type ConnectionTestLimits = {
  /** What connecting and the steps may take in all: each has its own time, but a slow server has many of them. */
  stepsMs: number
  /** What taking away the traces of a failed step may take. */
  cleanUpMs: number
  /** A worker that has been silent for so long over a test is gone. */
  silentMs: number
  /** Nobody waits any more for a test that nobody began for so long. */
  staleMs: number
}
export const connectionTestLimits: ConnectionTestLimits = {
  stepsMs: 3 * 60_000,
  cleanUpMs: 30_000,
  silentMs: 5 * 60_000,
  staleMs: 24 * 3600_000,
}

/**
 * Runs a test that waits, or ends one whose worker is gone. Anything else is left alone.
 *
 * @param options.signal aborted when the worker shuts down: a test that this breaks off waits again, for the next one
 */
export async function runConnectionTest(
  ctx: Context,
  key: { workspaceId: string; connectionTestId: string },
  options: { signal?: AbortSignal } & Partial<ConnectionTestLimits> = {},
): Promise<void> {
  const { signal, ...shortened } = options
  const limits = { ...connectionTestLimits, ...shortened }
  const begun = await ctx.db.inWorkspace(key.workspaceId, (transaction) => begin(ctx, transaction, key, limits))
  if (begun === undefined) return
  const { test, endpoint } = begun
  let verdict: Verdict = brokenOff('connection_test.broken_off', 'Something unexpected happened on our side. Try again.')
  try {
    verdict = await judge(ctx, test, endpoint, { ...limits, signal })
  } finally {
    const settle = signal?.aborted && statusOf(verdict) === 'failed' ? putBack : end
    await ctx.db.inWorkspace(key.workspaceId, (transaction) => settle(ctx, transaction, test, verdict))
  }
}

type Verdict = { checks: Required<Checks>; observed: Observed }

async function begin(
  ctx: Context,
  transaction: Transaction,
  key: { workspaceId: string; connectionTestId: string },
  limits: ConnectionTestLimits,
): Promise<{ test: ConnectionTestRow; endpoint: Endpoint } | undefined> {
  const { workspaceId, connectionTestId: id } = key
  const giveUp = async (row: ConnectionTestRow, code: string, message: string) => {
    await end(ctx, transaction, row, brokenOff(code, message))
    return undefined
  }
  const test = await beginConnectionTest(transaction, { workspaceId, id })
  if (test === undefined) {
    const silent = await takeSilentConnectionTest(transaction, { workspaceId, id }, limits)
    return silent && giveUp(silent, 'connection_test.interrupted', 'The test was interrupted. Try again.')
  }
  const { ftpClientId, configDigest, connection, createdAt, startedAt } = test
  if (startedAt !== null && startedAt.getTime() - createdAt.getTime() > limits.staleMs)
    return giveUp(test, 'connection_test.expired', 'The test could not be run for more than a day. Try again.')
  const rows =
    ftpClientId === null
      ? await listSealedSecrets(transaction, { workspaceId, ownerId: id })
      : await secretsOfClient(transaction, { workspaceId, id: ftpClientId, configDigest })
  if (rows === undefined) {
    const message = 'The client was changed or deleted after the test was asked for. Test it as it is now.'
    return giveUp(test, 'connection_test.configuration_changed', message)
  }
  try {
    return { test, endpoint: endpointFor(connection, await openSecrets(ctx, rows)) }
  } catch (error) {
    const fault = asFault(error)
    if (fault === undefined) throw error
    return giveUp(test, fault.code, fault.message)
  }
}

async function judge(
  ctx: Context,
  test: ConnectionTestRow,
  endpoint: Endpoint,
  limits: ConnectionTestLimits & { signal?: AbortSignal },
): Promise<Verdict> {
  const product = productOf(test.product)
  const { baseDirectory } = test.connection
  const place: Place = { baseDirectory, product, layout: layoutOf(product, test.connection), probe: `.drayage-test-${test.id.slice(-12)}` }
  const inBase = permissionSteps(place)
  const inTree = directorySteps(place)
  using time = deadline(limits.stepsMs)
  const openRemote = openWithinCap(ctx, { maxSessions: await maxSessionsOf(ctx, test), signal: limits.signal ?? neverAborted })
  const { check: connection, observed, opened } = await checkConnection(openRemote, endpoint)
  if (opened === undefined) return { checks: { connection, permissions: skipSteps(inBase), directories: skipSteps(inTree) }, observed }

  await using remote = opened.remote
  const within = { subject: endpoint, time }
  const permissions = await runSteps(inBase, remote, within)
  const directories = permissions.status === 'passed' ? await runSteps(inTree, remote, within) : skipSteps(inTree)
  if (directories.status !== 'passed') {
    using moreTime = deadline(limits.cleanUpMs)
    await faultOf(() => moreTime.meet(cleanUp(remote, place)))
  }
  return { checks: { connection, permissions, directories }, observed }
}

const neverAborted = new AbortController().signal

async function maxSessionsOf(ctx: Context, { workspaceId, ftpClientId }: ConnectionTestRow): Promise<number> {
  if (ftpClientId === null) return defaultMaxSessions
  const client = await ctx.db.inWorkspace(workspaceId, (transaction) => findFtpClient(transaction, { workspaceId, id: ftpClientId }))
  return client?.maxSessions ?? defaultMaxSessions
}

/** Writes the verdict down, once; forgets the secrets of an unsaved client, tells about a saved one that failed. */
async function end(ctx: Context, transaction: Transaction, test: ConnectionTestRow, verdict: Verdict): Promise<void> {
  const { workspaceId, ftpClientId } = test
  const { checks, observed } = verdict
  const status = statusOf(verdict)
  const result = { status, checks, observedHostKey: observed.hostKey ?? null, observedCertificate: observed.certificate ?? null } as const
  if (!(await endConnectionTest(transaction, test, result))) return
  if (ftpClientId === null) return deleteSealedSecrets(transaction, { workspaceId, ownerId: test.id })
  if (status === 'passed') return
  const failed = Object.values(checks).flatMap((check) => check.steps.filter((step) => step.status === 'failed'))
  await queueLetter(ctx, transaction, { kind: 'connection_test.failed', workspaceId, ftpClientId, payload: { failed } })
}

/** Nothing is known of the server: the test begins anew. */
async function putBack(ctx: Context, transaction: Transaction, test: ConnectionTestRow): Promise<void> {
  const { workspaceId, id } = test
  if (await putBackConnectionTest(transaction, { workspaceId, id }))
    await ctx.enqueue(transaction, 'connection_test.run', { workspaceId, connectionTestId: id })
}

function statusOf({ checks }: Verdict): 'passed' | 'failed' {
  return Object.values(checks).every((check) => check.status === 'passed') ? 'passed' : 'failed'
}

function brokenOff(code: string, message: string): Verdict {
  const untouched = { status: 'skipped', steps: [] } as const
  const connection = { status: 'failed' as const, steps: [{ name: 'start', status: 'failed' as const, code, message }] }
  return { checks: { connection, permissions: { ...untouched, steps: [] }, directories: { ...untouched, steps: [] } }, observed: {} }
}
