import type { Database } from '@drayage/db/connect'
import { knownApiClient } from '@drayage/db/queries/api-clients'
import { isRevoked } from '@drayage/db/queries/revoked-tokens'
import { Fault } from '../faults.ts'
import type { Actor } from './actor.ts'
import { type AccessTokenClaims, audiences } from './credentials.ts'
import { type Permission, scopes } from './permissions.ts'
import { userActor } from './user-actor.ts'

/**
 * Who bears an access token, asked after its signature and claims were verified. A person's session and memberships are
 * read each time. What an API client may is fixed when it is made, so that an answer about one is good for `cacheMs`:
 * that long after it was deleted, its secret withdrawn or its token revoked, another process may still let it in.
 *
 * Faults: `session.ended`, `access.token_revoked`.
 */
export type Bearers = { actorOf(claims: AccessTokenClaims): Promise<Actor> }

export function openBearers(db: Database, options: { cacheMs?: number; remembered?: number } = {}): Bearers {
  const { cacheMs = 10_000, remembered = 10_000 } = options
  const known = new Map<string, { until: number; actor: Promise<Actor> }>()
  return {
    actorOf: (claims) => {
      if (claims.aud === audiences.user) return userActor(db, { id: claims.sub, sessionId: claims.sid })
      const found = known.get(claims.jti)
      if (found !== undefined && found.until > performance.now()) return found.actor
      const actor = apiClientActor(db, claims)
      known.delete(claims.jti)
      known.set(claims.jti, { until: performance.now() + cacheMs, actor })
      // A refusal is not remembered: the database may have been away.
      actor.catch(() => known.delete(claims.jti))
      const [oldest] = known.keys()
      if (known.size > remembered && oldest !== undefined) known.delete(oldest)
      return actor
    },
  }
}

async function apiClientActor(db: Database, claims: AccessTokenClaims): Promise<Actor> {
  return db.inWorkspace([], async (transaction) => {
    const client = await knownApiClient(transaction, { id: claims.sub, secretId: claims.sid })
    if (client?.secret === undefined || (await isRevoked(transaction, claims.jti))) throw revoked()
    const given = new Set(claims.scope.split(' '))
    const granted: Permission[] = scopes.filter((scope) => given.has(scope) && client.scopes.includes(scope))
    const { id, label, workspaceId, product } = client
    return { kind: 'api_client', id, label, workspaceId, ...(product !== null && { product }), scopes: granted }
  })
}

function revoked(): Fault {
  return new Fault('unauthenticated', 'access.token_revoked', 'This access token was withdrawn. Get a new one.')
}
