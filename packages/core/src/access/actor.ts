import type { ProductKey } from '@drayage/db/vocabulary'
import type { Permission } from './permissions.ts'

/**
 * On whose behalf something is done. A user's memberships and an API client's product are read from the database, never
 * from a token.
 */
export type Actor =
  /** The service itself, working on one workspace at a time. */
  | { kind: 'system'; name: string }
  /** Somebody who has not said who they are. */
  | { kind: 'anonymous' }
  | {
      kind: 'user'
      id: string
      email: string
      operator: boolean
      memberships: readonly Membership[]
      /** With which they do it, when it came with an access token. */
      sessionId?: string
    }
  /** An ERP; `scopes` are those of its access token. */
  | { kind: 'api_client'; id: string; label: string; workspaceId: string; product?: ProductKey; scopes: readonly Permission[] }

export type Membership = { workspaceId: string } & (
  | { role: 'workspace_admin' }
  | { role: 'product_admin'; products: readonly ProductKey[] }
)
