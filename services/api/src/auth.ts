import type { Actor } from '@drayage/core/access/actor'
import type { Bearers } from '@drayage/core/access/bearer'
import type { Credentials } from '@drayage/core/access/credentials'
import { Fault } from '@drayage/core/faults'
import type { FastifyRequest } from 'fastify'

/** On whose behalf a request comes. Faults: `access.token_invalid` and those of `Bearers`. */
export type Authenticate = (request: FastifyRequest) => Promise<Actor>

/** Reads the bearer token (RFC 6750). Without an Authorization header somebody is anonymous; a wrong one is refused. */
export function openAuthentication(options: { credentials: Credentials; bearers: Bearers }): Authenticate {
  const { credentials, bearers } = options
  return async ({ headers: { authorization } }) => {
    if (authorization === undefined) return { kind: 'anonymous' }
    const [, token] = /^Bearer +([\w~+/.-]+=*)$/i.exec(authorization) ?? []
    const claims = token === undefined ? undefined : await credentials.verify(token)
    if (claims === undefined) throw invalid()
    return bearers.actorOf(claims)
  }
}

function invalid(): Fault {
  return new Fault('unauthenticated', 'access.token_invalid', 'The access token is not valid, or not any more. Get a new one.')
}
