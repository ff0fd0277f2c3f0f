import type { Context } from '@drayage/core/context'
import type { Quotas } from '../admission.ts'
import type { Cursors } from '../cursors.ts'
import type { EdgeLoader } from './load-edges.ts'

/** What the fields of one request have in common. */
export type Asked = {
  /** For who asks; with a quota, that is spent as well. Faults: those of `Admission`. */
  known(options?: { quota?: keyof Quotas }): Promise<Context>
  /** For a field that anybody may ask for. */
  anybody(): Promise<Context>
  cursors: Cursors
  loadEdge: EdgeLoader
}
