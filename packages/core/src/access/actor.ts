import type { ProductKey } from '@drayage/db/vocabulary'

/**
 * On whose behalf something is done. A user's memberships and an API client's scope are read from the database for each
 * request, never from a token.
 */
export type Actor =
  /** The service itself, working on one workspace at a time. */
  { kind: 'system'; name: string } | { kind: 'user'; id: string; email: string; operator: boolean; memberships: readonly Membership[] }

export type Membership = { workspaceId: string } & (
  | { role: 'workspace_admin' }
  | { role: 'product_admin'; products: readonly ProductKey[] }
)
