import type { Operation } from '@drayage/core/operation'
import { download } from '@drayage/core/wire'
import type { Quotas } from '../admission.ts'
import { routes } from '../rest/routes.ts'

/** What REST has an address for is a field by the name of its operation, unless it carries a file. */
const fields = routes.filter(({ bytes, operation }) => bytes === undefined && operation.output !== download)

/** The fields of Query: what reads. */
export const queries: readonly Operation[] = fields.filter(({ method }) => method === 'GET').map(({ operation }) => operation)

/** The fields of Mutation: what changes something. */
export const mutations: readonly Operation[] = fields.filter(({ method }) => method !== 'GET').map(({ operation }) => operation)

/** What a field costs besides a request. */
export const quotas: Readonly<Record<string, keyof Quotas | undefined>> = Object.fromEntries(
  routes.map(({ operation, quota }) => [operation.name, quota]),
)
