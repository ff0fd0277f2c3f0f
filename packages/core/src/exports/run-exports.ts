import { isDatabaseAway } from '@drayage/db/database-away'
import { releaseExports } from '@drayage/db/queries/export-schedule'
import type { Context } from '../context.ts'
import { asFault, type Fault } from '../faults.ts'
import { clearAttention, raiseAttention } from '../ftp-clients/attention.ts'
import { openSession } from '../ftp-clients/session.ts'
import { layoutOf } from '../imports/layout.ts'
import { productOf } from '../imports/products/registry.ts'
import { backOffSeconds } from '../remotes/back-off.ts'
import { silentFailures } from '../transfers/failure.ts'
import type { WorkerOptions } from '../transfers/run.ts'
import { deliverExport } from './deliver-export.ts'
import { type HeldExports, holdExports } from './held-exports.ts'
import { type ExportPlan, planExports } from './plan-exports.ts'

type ClientKey = { workspaceId: string; ftpClientId: string }

/**
 * Sees to the exports of a client: plans the files of a night that has come, and delivers what is planned. What goes wrong
 * is tried again later and told to the client's people, not thrown; no file is ever given up.
 */
export async function runExports(ctx: Context, key: ClientKey, options: WorkerOptions): Promise<void> {
  using held = await holdExports(ctx, key, options)
  if (held === undefined) return
  try {
    const plan = await planExports(ctx, held)
    if (plan === undefined) return
    if (plan.files.length > 0) await deliverAll(ctx, held, plan)
    await ctx.db.inWorkspace(key.workspaceId, async (transaction) => {
      if (!(await releaseExports(transaction, held.row, { due: plan.nextAt, failures: 0 }))) return
      await clearAttention(ctx, transaction, key, { raisedBy: 'export' })
    })
  } catch (error) {
    await settleFailure(ctx, { held, error, options })
  }
}

/** What is the matter with one folder, and not with the whole server. */
const ofOneFolder = new Set(['denied', 'not_found', 'conflict'])

/** One folder that is closed to us must not hold up the files of another one. */
async function deliverAll(ctx: Context, held: HeldExports, { client, exports, files }: ExportPlan): Promise<void> {
  const layout = layoutOf(productOf(client.product), client)
  // How large a file is shows when it is written: nobody shares the session.
  await using remote = await openSession(ctx, client, { signal: held.signal, bytes: Number.POSITIVE_INFINITY })
  let trouble: Fault | undefined
  for (const file of files) {
    const its = exports.kinds.find(({ kind }) => kind === file.kind)
    if (its === undefined) throw new Error(`${client.product} has no export ${file.kind}`)
    try {
      await deliverExport({ ctx, held, client, remote, its, folder: layout.path(its.folder) }, file)
    } catch (error) {
      const fault = asFault(error)
      if (fault === undefined || !ofOneFolder.has(fault.kind)) throw error
      trouble ??= fault
    }
  }
  if (trouble !== undefined) throw trouble
}

async function settleFailure(ctx: Context, ended: { held: HeldExports; error: unknown; options: WorkerOptions }): Promise<void> {
  const { error, options } = ended
  const { row } = ended.held
  const { workspaceId, ftpClientId } = row
  const fault = asFault(error)
  // The lease runs out, and whoever finds the database again goes on.
  if (isDatabaseAway(error)) return ctx.log.warn({ ftpClientId, err: error }, 'the database is away or busy; exports go on when it answers')
  if (fault?.kind === 'fenced') return ctx.measures?.fenced()
  const failures = row.failures + 1
  const { retryInSeconds } = (fault?.details ?? {}) as { retryInSeconds?: number }
  await ctx.db.inWorkspace(workspaceId, async (transaction) => {
    const giveBack = (inSeconds: number, failed = row.failures) =>
      releaseExports(transaction, row, { due: { inSeconds }, failures: failed })
    // What our own shutdown broke off is nobody's fault.
    if (options.signal.aborted) return giveBack(0)
    // It is we who are busy: nobody is to blame, and nobody to be told.
    if (fault?.kind === 'unavailable' && retryInSeconds !== undefined) return giveBack(retryInSeconds)
    if (!(await giveBack(retryInSeconds ?? backOffSeconds(failures), failures))) return
    if (fault === undefined) return ctx.log.error({ err: error, ftpClientId, failures }, 'exports met a bug')
    ctx.log.warn({ ftpClientId, code: fault.code, failures }, 'exports are tried again later')
    const stops = options.afterFailure[fault.kind] === 'pause_client'
    if (stops || fault.kind !== 'unreachable' || failures >= silentFailures)
      await raiseAttention(ctx, transaction, { workspaceId, ftpClientId, fault, stops, raisedBy: 'export' })
  })
}
