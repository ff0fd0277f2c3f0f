import type { Context } from '@drayage/core/context'
import type { Operation } from '@drayage/core/operation'
import type { Turnstile } from '@drayage/core/turnstile'
import type { Quotas } from '../admission.ts'
import type { Cursors } from '../cursors.ts'
import type { EdgeLoader } from './load-edges.ts'

/** What the fields of one request have in common. */
export type Asked = {
  /** For who asks; with a quota, that is spent as well. Faults: those of `Admission`. */
  known(options?: { quota?: keyof Quotas }): Promise<Context>
  /** For a field that anybody may ask for. */
  anybody(): Promise<Context>
  /** Runs a change: with the request's Idempotency-Key, once however often the request is sent. */
  change(operation: Operation, ctx: Context, input: unknown): Promise<unknown>
  /** Every field and list that asks the database waits for its turn here. */
  turns: Turnstile
  cursors: Cursors
  loadEdge: EdgeLoader
}
